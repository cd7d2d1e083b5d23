<#-- Welcome of a customer who gave no email: nothing to confirm, but lost credentials need customer service.
     Our page, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "texts.ftl" as texts>
<@layout.registrationLayout title=msg("readyDocumentTitle") displayMessage=message?? && message.type == "error"; section>
<#if section == "header">
${msg("welcomeTitle")}
<#elseif section == "form">
  <p class="welcome"><strong>${msg("welcomeHello")}</strong> ${msg("readyText")}</p>
  <div class="notice">
    <p><strong>${msg("readyNoEmail")}</strong> ${msg("readyLostCredentials")}</p>
    <@texts.helpLine question=false/>
  </div>
  <form id="registration-welcome-form" action="${url.loginAction}" method="post">
    <button class="button">${msg("doContinue")}</button>
  </form>
</#if>
</@layout.registrationLayout>
