<#-- Forgotten credentials: which is lost? Our page, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "texts.ftl" as texts>
<@layout.registrationLayout lead=msg("forgottenLead"); section>
<#if section == "header">
${msg("forgottenTitle")}
<#elseif section == "form">
  <form class="actions" id="forgotten-credentials-form" action="${url.loginAction}" method="post">
    <button class="button" name="page" value="USERNAME">${msg("username")}</button>
    <button class="button" name="page" value="PASSWORD">${msg("password")}</button>
  </form>
  <p class="after">${msg("forgottenBoth")}</p>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
  <div class="after"><div class="notice"><p>${msg("forgottenNoEmail")}</p><@texts.helpLine question=false/></div></div>
</#if>
</@layout.registrationLayout>
