<#-- Follows theme/keycloak.v2/login/login-reset-password.ftl of Keycloak 26.7.4. Ours: what happens next is said first,
     and the help line for who gave no email. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "texts.ftl" as texts>
<#assign label><#if !realm.loginWithEmailAllowed>${msg("username")}<#elseif !realm.registrationEmailAsUsername>${msg("usernameOrEmail")}<#else>${msg("email")}</#if></#assign>
<#assign error = messagesPerField.getFirstError("username")>
<@layout.registrationLayout displayMessage=!error?has_content errors=[{"field": "username", "id": "username", "label": label}]
    lead=realm.duplicateEmailsAllowed?then(msg("emailInstructionUsername"), msg("emailInstruction")); section>
<#if section == "header">
${msg("emailForgotTitle")}
<#elseif section == "form">
  <form id="kc-reset-password-form" action="${url.loginAction}" method="post">
    <@field.input name="username" label=label value=auth.attemptedUsername!"" error=error autocomplete="username" autocapitalize="none" spellcheck="false" required=true/>
    <button class="button" id="kc-form-buttons">${msg("doContinue")}</button>
  </form>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
  <div class="notice after"><p>${msg("resetNoEmail")}</p><@texts.helpLine/></div>
</#if>
</@layout.registrationLayout>
