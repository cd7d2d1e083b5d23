<#-- The answer to everybody who asked for a lost credential; the end of the one procedure offers the other. Our page,
     no upstream counterpart. -->
<#import "template.ftl" as layout>
<#import "texts.ftl" as texts>
<#assign username = lost == "USERNAME_SENT">
<@layout.registrationLayout displayMessage=false; section>
<#if section == "header">
${username?then(msg("forgottenUsernameSentTitle"), msg("forgottenPasswordSentTitle"))}
<#elseif section == "form">
  <div id="forgotten-sent" role="status">
    <p>${username?then(msg("forgottenUsernameSent"), msg("forgottenPasswordSent"))}</p>
    <p>${msg("welcomeSpam")} ${msg("forgottenSentBefore")}</p>
  </div>
  <a class="button" href="${url.loginUrl}">${msg("backToLogin")}</a>
  <form class="part" id="forgotten-next-form" action="${url.loginAction}" method="post">
    <h2>${username?then(msg("forgottenPasswordToo"), msg("forgottenUsernameToo"))}</h2>
    <button class="button quiet" name="page" value="${username?then("PASSWORD", "USERNAME")}">${username?then(msg("forgottenRecoverPassword"), msg("forgottenRecoverUsername"))}</button>
  </form>
  <div class="after"><div class="notice"><p>${msg("forgottenNoEmail")}</p><@texts.helpLine question=false/></div></div>
</#if>
</@layout.registrationLayout>
