<#-- To the old address, once another one counts. Our mail, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("changedTitle")/>
<@layout.paragraph msg("changedHello", texts.brand(), (user.username)!"")/>
<@layout.notice msg("changedNotYouLead") msg("changedNotYou")/>
<@layout.action link msg("changedButton")/>
<@layout.inFull link/>
</@layout.emailLayout>
