<#-- A forgotten username: by email, or by customer code and codice fiscale. Our page, no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "texts.ftl" as texts>
<@layout.registrationLayout lead=msg("forgottenUsernameLead") displayMessage=false errors=[
    {"field": "email", "id": "email", "label": msg("email")},
    {"field": "customerCode", "id": "customerCode", "label": msg("codeLabel")},
    {"field": "codiceFiscale", "id": "codiceFiscale", "label": msg("field.codiceFiscale")}]; section>
<#if section == "header">
${msg("forgottenUsernameTitle")}
<#elseif section == "form">
  <form id="forgotten-by-email-form" action="${url.loginAction}" method="post">
    <@field.input name="email" label=msg("email") value=typed.email!"" required=true hint=msg("forgottenEmailHint") type="email" autocomplete="email" autocapitalize="none" spellcheck="false"/>
    <button class="button" name="way" value="USERNAME_BY_EMAIL">${msg("forgottenSendUsername")}</button>
  </form>
  <form class="part" id="forgotten-by-code-form" action="${url.loginAction}" method="post">
    <h2>${msg("forgottenByCodeTitle")}</h2>
    <p>${msg("forgottenByCodeText")}</p>
    <@field.input name="customerCode" label=msg("codeLabel") value=typed.customerCode!"" required=true hint=msg("codeHint") autocapitalize="characters" spellcheck="false"/>
    <@field.input name="codiceFiscale" label=msg("field.codiceFiscale") value=typed.codiceFiscale!"" required=true hint=msg("hint.codiceFiscale") autocapitalize="characters" spellcheck="false" data\-upper\-case=""/>
    <button class="button" name="way" value="USERNAME_BY_CODE">${msg("forgottenSendUsername")}</button>
  </form>
  <div class="links"><a href="${url.loginUrl}">${msg("backToLogin")}</a></div>
  <div class="after"><div class="notice"><p>${msg("forgottenNoEmail")}</p><@texts.helpLine question=false/></div></div>
</#if>
</@layout.registrationLayout>
