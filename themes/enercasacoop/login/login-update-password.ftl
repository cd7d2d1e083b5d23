<#-- Follows theme/keycloak.v2/login/login-update-password.ftl of Keycloak 26.7.4. Ours: the rules tick as one types. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "password-commons.ftl" as passwordCommons>
<#import "password-rules.ftl" as passwordRules>
<#assign failed = messagesPerField.existsError("password", "password-confirm")>
<#-- A broken rule comes from Keycloak as a message of the page (UpdatePassword.processAction), yet it is this field's. -->
<#assign refused = !failed && message?? && message.type == "error">
<@layout.registrationLayout displayMessage=!failed errors=[
    {"field": "password", "id": "password-new", "label": msg("passwordNew")},
    {"field": "password-confirm", "id": "password-confirm", "label": msg("passwordConfirm")}]; section>
<#if section == "header">
${msg("updatePasswordTitle")}
<#elseif section == "form">
  <form id="kc-passwd-update-form" action="${url.loginAction}" method="post">
    <@field.password name="password-new" fieldName="password" label=msg("passwordNew") required=true hint=passwordRules.sentence() autocomplete="new-password" describedBy=refused?then("page-message", "") invalid=refused || messagesPerField.existsError("password")>
      <@passwordRules.list input="password-new"/>
    </@field.password>
    <@field.password name="password-confirm" label=msg("passwordConfirm") required=true autocomplete="new-password"/>
    <#if passwordByLink??><p>${msg("passwordEndsSessions")}</p><#else><@passwordCommons.logoutOtherSessions/></#if>
    <div class="actions">
      <button class="button" id="kc-submit" name="login">${msg("doSavePassword")}</button>
      <#if isAppInitiatedAction??><button class="button quiet" id="kc-cancel" name="cancel-aia" value="true">${msg("doCancel")}</button></#if>
    </div>
  </form>
</#if>
</@layout.registrationLayout>
