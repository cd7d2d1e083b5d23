<#-- Follows theme/base/email/html/executeActions.ftl of Keycloak 26.7.4 (parameters): what the help desk has the admin
     console send. -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("actionsTitle")/>
<@layout.paragraph msg("actionsHello", texts.brand(), (user.username)!"")/>
<#list requiredActions![] as action><@layout.paragraph "– " + msg("requiredAction." + action)/></#list>
<@layout.action link msg("actionsButton")/>
<@layout.notice msg("actionsLifetimeLead", texts.lifetime(linkExpiration, linkExpirationFormatter(linkExpiration))) msg("actionsLifetime")/>
<@layout.paragraph msg("actionsNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
