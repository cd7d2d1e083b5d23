<#-- Follows theme/keycloak.v2/login/update-email.ftl of Keycloak 26.7.4. Ours: the address of now, or the one that waits to
     be confirmed, is said in full (a field on a phone cuts it), what happens next is said first, the error summary. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "password-commons.ftl" as passwordCommons>
<#assign optional = !((profile.attributesByName.email.required)!false)>
<#assign failed = messagesPerField.existsError("email")>
<#-- After an error user.email is what was typed, and while a new address waits it is that one: Keycloak fills the form. -->
<#assign address = user.email!"">
<#assign waits = !failed && message?? && message.type != "warning">
<@layout.registrationLayout lead=msg("updateEmailLead") displayMessage=!failed
    errors=[{"field": "email", "id": "email", "label": msg("newEmail")}]; section>
<#if section == "header">
${msg("updateEmailTitle")}
<#elseif section == "form">
  <form id="kc-update-email-form" action="${url.loginAction}" method="post" novalidate>
    <#if address?has_content && !failed>
    <div class="notice"><p>${msg(waits?then("updateEmailWaits", "updateEmailNow"))} <strong>${address}</strong></p></div>
    </#if>
    <@field.input name="email" type="email" label=msg("newEmail") value=address error=messagesPerField.getFirstError("email") required=!optional hint=optional?then(msg("hint.email"), "") autocomplete="email"/>
    <@passwordCommons.logoutOtherSessions/>
    <div class="actions">
      <button class="button" id="kc-submit">${msg("doSubmit")}</button>
      <#if isAppInitiatedAction??><button class="button quiet" id="kc-cancel" name="cancel-aia" value="true">${msg("doCancel")}</button></#if>
    </div>
  </form>
</#if>
</@layout.registrationLayout>
