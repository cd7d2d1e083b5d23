<#-- Follows theme/base/login/login-page-expired.ftl of Keycloak 26.7.4. Ours: two buttons that say what they do. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
<#if section == "header">
${msg("pageExpiredTitle")}
<#elseif section == "form">
  <p>${msg("pageExpiredText")}</p>
  <div class="actions">
    <a class="button" id="loginContinueLink" href="${url.loginAction}">${msg("pageExpiredContinue")}</a>
    <a class="button quiet" id="loginRestartLink" href="${url.loginRestartFlowUrl}">${msg("pageExpiredRestart")}</a>
  </div>
</#if>
</@layout.registrationLayout>
