<#-- A forgotten password: asks for the username. Follows theme/keycloak.v2/login/login-reset-password.ftl of
     Keycloak 26.7.4. Ours: what happens next is said first, the way to the username, the help line for who gave no
     email. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "texts.ftl" as texts>
<@layout.registrationLayout lead=msg("forgottenPasswordLead") displayMessage=false
    errors=[{"field": "username", "id": "username", "label": msg("username")}]; section>
<#if section == "header">
${msg("forgottenPasswordTitle")}
<#elseif section == "form">
  <form id="forgotten-password-form" action="${url.loginAction}" method="post">
    <@field.input name="username" label=msg("username") value=typed.username!"" required=true autocomplete="username" autocapitalize="none" spellcheck="false"/>
    <button class="button" name="way" value="PASSWORD_BY_USERNAME">${msg("forgottenSendLink")}</button>
  </form>
  <form class="part" action="${url.loginAction}" method="post">
    <h2>${msg("forgottenUsernameToo")}</h2>
    <button class="button quiet" name="page" value="USERNAME">${msg("forgottenRecoverUsername")}</button>
  </form>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
  <div class="after"><div class="notice"><p>${msg("forgottenNoEmail")}</p><@texts.helpLine question=false/></div></div>
</#if>
</@layout.registrationLayout>
