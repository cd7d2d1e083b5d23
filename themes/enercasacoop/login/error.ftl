<#-- Follows theme/base/login/error.ftl of Keycloak 26.7.4. Ours: a button on, and the help line. -->
<#import "template.ftl" as layout>
<#import "way-on.ftl" as wayOn>
<#import "texts.ftl" as texts>
<@layout.registrationLayout displayMessage=false; section>
<#if section == "header">
${msg("errorTitle")}
<#elseif section == "form">
  <p id="kc-error-message" role="alert">${message.summary}</p>
  <#if traceId??><p id="traceId">${msg("traceIdSupportMessage", traceId)}</p></#if>
  <#if !skipLink??><@wayOn.button/></#if>
</#if>
</@layout.registrationLayout>
