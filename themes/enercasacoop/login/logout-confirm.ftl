<#-- Follows theme/base/login/logout-confirm.ftl of Keycloak 26.7.4. Ours: no tabindex, the way back as a second button. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout title=msg("logoutConfirmTitle"); section>
<#if section == "header">
${msg("logoutConfirmHeader")}
<#elseif section == "form">
  <form class="actions" action="${url.logoutConfirmAction}" method="post">
    <input type="hidden" name="session_code" value="${logoutConfirm.code}">
    <button class="button" id="kc-logout" name="confirmLogout">${msg("doLogout")}</button>
    <#if !logoutConfirm.skipLink && (client.baseUrl)?has_content><a class="button quiet" href="${client.baseUrl}">${msg("stayLoggedIn")}</a></#if>
  </form>
</#if>
</@layout.registrationLayout>
