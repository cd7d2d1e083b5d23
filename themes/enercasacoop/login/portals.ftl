<#-- The previous portals as a page of their own, for who is logged in. Our page, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "previous-portals.ftl" as previousPortals>
<@layout.registrationLayout title=msg("portalsTitle") displayMessage=false; section>
<#if section == "header">
${msg("portalsTitle")}
<#elseif section == "form">
  <@previousPortals.list>${msg("portalsNone")}</@previousPortals.list>
  <div class="actions"><a class="button quiet" href="${url.loginUrl?keep_before("/login-actions/")}/account/">${msg("backToAccount")}</a></div>
</#if>
</@layout.registrationLayout>
