<#ftl output_format="plainText">
<#-- Follows theme/base/email/text/email-update-confirmation.ftl of Keycloak 26.7.4 (parameters). -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("newEmailTitle")}

${msg("newEmailHello", texts.brand(), (user.username)!"", newEmail)}

${msg("newEmailButton")}:
${link}

${msg("newEmailLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration)))} ${msg("newEmailLifetime")}

${msg("newEmailNotYou")}
<@parts.foot/>
