<#-- Follows theme/base/email/html/password-reset.ftl of Keycloak 26.7.4 (parameters). -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("resetTitle")/>
<@layout.paragraph msg("resetHello", texts.brand(), (user.username)!"")/>
<@layout.action link msg("resetButton")/>
<@layout.notice msg("resetLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration))) msg("resetLifetime")/>
<@layout.paragraph msg("resetNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
