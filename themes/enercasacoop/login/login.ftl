<#-- Follows theme/keycloak.v2/login/login.ftl of Keycloak 26.7.4. Ours: the guide's words, the error said once on top
     and tied to both fields, the registration as a button, the previous portals. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "social-providers.ftl" as identityProviders>
<#import "passkeys.ftl" as passkeys>
<#import "previous-portals.ftl" as previousPortals>
<#assign refused = messagesPerField.existsError("username", "password")>
<@layout.registrationLayout title=msg("loginDocumentTitle") lead=msg("loginLead"); section>
<#if section == "header">
${msg("loginAccountTitle")}
<#elseif section == "form">
  <#if realm.password>
  <form id="kc-form-login" action="${url.loginAction}" method="post">
    <#if !usernameHidden??>
    <div class="field">
      <label for="username"><#if !realm.loginWithEmailAllowed>${msg("username")}<#elseif !realm.registrationEmailAsUsername>${msg("usernameOrEmail")}<#else>${msg("email")}</#if></label>
      <input type="text" id="username" name="username" value="${login.username!""}" autocomplete="username<#if (enableWebAuthnConditionalUI!"")?has_content> webauthn</#if>" autocapitalize="none" spellcheck="false"<#if refused> aria-describedby="page-message" aria-invalid="true"</#if>>
    </div>
    </#if>
    <@field.password name="password" label=msg("password") error="" invalid=refused describedBy=refused?then("page-message", "") autocomplete="current-password"/>
    <#if realm.rememberMe && !usernameHidden??>
    <@field.checkbox name="rememberMe" label=msg("rememberMe") value=login.rememberMe??/>
    </#if>
    <input type="hidden" id="id-hidden-input" name="credentialId"<#if auth.selectedCredential?has_content> value="${auth.selectedCredential}"</#if>>
    <button class="button" id="kc-login" name="login">${msg("doLogIn")}</button>
    <#if realm.resetPasswordAllowed>
    <div class="links"><a href="${url.loginResetCredentialsUrl}">${msg("doForgotPassword")}</a></div>
    </#if>
  </form>
  </#if>
  <@passkeys.conditionalUIData/>
  <#if realm.password && realm.registrationAllowed && !registrationDisabled??>
  <div class="after" id="kc-registration">
    ${msg("noAccount")}
    <a class="button quiet" href="${url.registrationUrl}">${msg("doRegister")}</a>
  </div>
  </#if>
<#elseif section == "socialProviders">
  <#if realm.password && social?? && social.providers?has_content><@identityProviders.show social=social/></#if>
<#elseif section == "below">
  <@previousPortals.block/>
</#if>
</@layout.registrationLayout>
