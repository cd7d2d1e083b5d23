<#-- Registration, step 1: the customer code. Our page, no upstream counterpart (its form follows
     theme/keycloak.v2/login/login-reset-password.ftl of Keycloak 26.7.4). -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "texts.ftl" as texts>
<#import "previous-portals.ftl" as previousPortals>
<#assign error = messagesPerField.getFirstError("customerCode")>
<#-- Refused like a wrong code, but nothing was wrong with it. -->
<#if error?has_content && !(customerCode!"")?trim?has_content><#assign error = msg("missingCustomerCode")></#if>
<@layout.registrationLayout step=1 title=msg("codeDocumentTitle") lead=msg("codeLead") displayMessage=!error?has_content
    errors=[{"field": "customerCode", "id": "customerCode", "label": msg("codeLabel")}]; section>
<#if section == "header">
${msg("codeTitle")}
<#elseif section == "form">
  <form id="customer-code-form" action="${url.loginAction}" method="post">
    <div class="field">
      <label for="customerCode">${msg("codeLabel")}</label>
      <p class="hint" id="customerCode-hint">${msg("codeHint")}</p>
      <input type="text" id="customerCode" name="customerCode" value="${customerCode!""}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-required="true"<@field.aria "customerCode" "hint" error/>>
      <#if error?has_content><p class="message" id="input-error-customerCode"><@withRecovery error/></p></#if>
    </div>
    <button class="button">${msg("doContinue")}</button>
  </form>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
<#elseif section == "below">
  <@previousPortals.block/>
</#if>
</@layout.registrationLayout>

<#-- The refusal sends who already has an account to the recovery: its words become the link. -->
<#macro withRecovery text>
<#local words = msg("recoverWords")>
<#if realm.resetPasswordAllowed && text?contains(words)>${text?keep_before(words)}<a href="${url.loginResetCredentialsUrl}">${words}</a>${text?keep_after(words)}<#else>${text}</#if></#macro>
