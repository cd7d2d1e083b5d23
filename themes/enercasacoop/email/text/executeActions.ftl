<#ftl output_format="plainText">
<#-- Follows theme/base/email/text/executeActions.ftl of Keycloak 26.7.4 (parameters). -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("actionsTitle")}

${msg("actionsHello", texts.brand(), (user.username)!"")}
<#list requiredActions![] as action>

– ${msg("requiredAction." + action)}
</#list>

${msg("actionsButton")}:
${link}

${msg("actionsLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration)))} ${msg("actionsLifetime")}

${msg("actionsNotYou")}
<@parts.foot/>
