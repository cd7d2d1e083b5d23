<#-- Follows theme/base/email/html/email-verification.ftl of Keycloak 26.7.4 (parameters). -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("verificationTitle")/>
<@layout.paragraph msg("verificationHello", texts.brand())/>
<@layout.action link msg("verificationButton")/>
<@layout.notice msg("verificationLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration))) msg("verificationLifetime")/>
<@layout.paragraph msg("verificationSpam")/>
<@layout.paragraph msg("mailNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
