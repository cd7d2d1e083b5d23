<#ftl output_format="plainText">
<#-- Follows theme/base/email/text/password-reset.ftl of Keycloak 26.7.4 (parameters). -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("resetTitle")}

${msg("resetHello", texts.brand(), (user.username)!"")}

${msg("resetButton")}:
${link}

${msg("resetLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration)))} ${msg("resetLifetime")}

${msg("resetNotYou")}
<@parts.foot/>
