<#-- To the holder of a customer code, at the address of the co-operative's record, where an account was created with
     another address or none. Whoever reads it may be somebody else by now: it says nothing of the account.
     Our mail, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout why="ownerNoticeWhy">
<@layout.title msg("ownerNoticeTitle")/>
<@layout.paragraph msg("ownerNoticeHello", texts.brand())/>
<@layout.paragraph msg("ownerNoticeYou")/>
<@layout.notice msg("ownerNoticeNotYouLead") msg("ownerNoticeNotYou")/>
<@layout.action link msg("ownerNoticeButton")/>
<@layout.inFull link/>
</@layout.emailLayout>
