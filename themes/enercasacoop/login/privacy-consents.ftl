<#-- The customer's consents, later: from the account, or forced at login by a new text. Our page, no upstream counterpart.
     mandatory and each of optional: {"purpose", "state" (granted, pending, denied, ""), "answer" and "chosen" (yes, no, ""),
     "since" (UTC)}; shown.PURPOSE sends back what this page showed, so that only what was changed here changes. -->
<#import "template.ftl" as layout>
<#import "consents.ftl" as consents>
<#import "texts.ftl" as texts>
<#setting time_zone=properties.timeZone!"UTC">
<#setting locale=(locale.currentLanguageTag)!"it">
<#assign boxName = "privacy." + mandatory.purpose>
<@layout.registrationLayout title=msg("consentsDocumentTitle") lead=mandatoryAsked?then(msg("consentsNewTextLead"), msg("consentsLead"))
    displayMessage=!messagesPerField.existsError(boxName) && ((message.type)!"") != "warning"
    errors=[{"field": boxName, "id": boxName, "label": msg("consentShort." + mandatory.purpose)}]; section>
<#if section == "header">
${mandatoryAsked?then(msg("consentsNewTextTitle"), msg("consentsTitle"))}
<#elseif section == "form">
  <form id="privacy-consents-form" action="${url.loginAction}" method="post" novalidate>
    <input type="hidden" name="noticeSha256" value="${noticeSha256}">
    <#if mandatoryAsked>
    <@consents.box purpose=mandatory.purpose noticeUrl=privacyNoticeUrl ticked=false/>
    <#else>
    <div class="notice">
      <p><@texts.sentence text=msg("consent." + mandatory.purpose) href=privacyNoticeUrl + "#" + mandatory.purpose newTab=true/>: <strong>${now(mandatory)}</strong></p>
      <p>${msg("consentsMandatoryStays")}</p>
    </div>
    </#if>
    <#list optional as purpose>
    <input type="hidden" name="shown.${purpose.purpose}" value="${purpose.answer}">
    <@consents.yesOrNo purpose=purpose.purpose noticeUrl=privacyNoticeUrl chosen=purpose.chosen hint=now(purpose)/>
    </#list>
    <@texts.newTabNote/>
    <div class="actions">
      <button class="button" id="kc-submit">${mandatoryAsked?then(msg("doContinue"), msg("doSaveConsents"))}</button>
      <#if ((message.type)!"") == "success">
      <button class="button quiet" id="kc-leave" name="leave" value="true">${msg("backToAccount")}</button>
      <#elseif isAppInitiatedAction??>
      <button class="button quiet" id="kc-cancel" name="cancel-aia" value="true">${msg("doCancel")}</button>
      </#if>
    </div>
  </form>
  <#if mandatoryAsked><div class="links"><a href="${url.loginRestartFlowUrl}">${msg("consentsNotNow")}</a></div></#if>
</#if>
</@layout.registrationLayout>

<#-- What counts now, in words. -->
<#function now purpose>
  <#if !purpose.state?has_content><#return msg("consentState.none")></#if>
  <#local since = purpose.since?has_content?then(purpose.since?datetime.iso?string("d MMMM yyyy"), "")>
  <#return since?has_content?then(msg("consentState." + purpose.state, since), msg("consentState." + purpose.state + ".undated"))>
</#function>
