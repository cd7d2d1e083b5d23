<#ftl output_format="plainText">
<#-- Follows theme/base/email/text/email-verification.ftl of Keycloak 26.7.4 (parameters). -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("verificationTitle")}

${msg("verificationHello", texts.brand())}

${msg("verificationButton")}:
${link}

${msg("verificationLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration)))} ${msg("verificationLifetime")}

${msg("verificationSpam")}

${msg("mailNotYou")}
<@parts.foot/>
