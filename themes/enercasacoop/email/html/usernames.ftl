<#-- The usernames of an address. No upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "../texts.ftl" as texts>
<@layout.emailLayout>
<@layout.title msg("usernamesTitle", usernames?size)/>
<@layout.paragraph msg("usernamesHello", texts.brand(), usernames?size)/>
<#list usernames as username><@layout.notice username ""/></#list>
<@layout.action link msg("usernamesButton")/>
<@layout.paragraph msg("usernamesPassword")/>
<@layout.paragraph msg("usernamesNotYou")/>
<@layout.inFull link/>
</@layout.emailLayout>
