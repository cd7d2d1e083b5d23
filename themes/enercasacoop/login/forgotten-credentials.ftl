<#-- Forgotten credentials: which is lost? Our page, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "texts.ftl" as texts>
<@layout.registrationLayout lead=msg("forgottenLead"); section>
<#if section == "header">
${msg("forgottenTitle")}
<#elseif section == "form">
  <form id="forgotten-credentials-form" action="${url.loginAction}" method="post">
    <div class="actions">
      <button class="button" name="page" value="USERNAME">${msg("username")}</button>
      <button class="button" name="page" value="PASSWORD">${msg("password")}</button>
    </div>
  </form>
  <p class="after">${msg("forgottenBoth")}</p>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
  <div class="notice after"><p>${msg("forgottenNoEmail")}</p><@texts.helpLine/></div>
</#if>
</@layout.registrationLayout>
