<#-- The password has been changed. No upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("passwordChangedTitle")/>
<@layout.paragraph msg("passwordChangedHello", texts.brand(), (user.username)!"")/>
<@layout.action link msg("passwordChangedButton")/>
<@layout.notice msg("passwordChangedNotYouLead") msg("passwordChangedNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
