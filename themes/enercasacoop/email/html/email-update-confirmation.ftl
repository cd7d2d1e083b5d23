<#-- Follows theme/base/email/html/email-update-confirmation.ftl of Keycloak 26.7.4 (parameters). -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("newEmailTitle")/>
<@layout.paragraph msg("newEmailHello", texts.brand(), (user.username)!"", newEmail)/>
<@layout.action link msg("newEmailButton")/>
<@layout.notice msg("newEmailLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration))) msg("newEmailLifetime")/>
<@layout.paragraph msg("newEmailNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
