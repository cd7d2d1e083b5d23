<#-- The privacy section: one mandatory authorization, then Sì / No for each optional purpose, none ticked beforehand.
     The [bracketed] words of each sentence link to its part of the notice. No upstream counterpart. -->
<#import "field.ftl" as field>
<#import "choice.ftl" as choice>
<#import "texts.ftl" as texts>

<#macro section purposes noticeUrl typed>
<fieldset class="section">
  <legend>${msg("sectionPrivacy")}</legend>
  <@box purpose="processing" noticeUrl=noticeUrl ticked=(typed["privacy.processing"]!"") == "yes"/>
  <#list purposes as purpose>
  <@yesOrNo purpose=purpose noticeUrl=noticeUrl chosen=typed["privacy." + purpose]!""/>
  </#list>
  <@texts.newTabNote/>
</fieldset>
</#macro>

<#-- The mandatory authorization. -->
<#macro box purpose noticeUrl ticked>
<#local name = "privacy." + purpose>
<#local error = messagesPerField.getFirstError(name)>
<div class="field">
  <label class="check" for="${name}"<#if error?has_content> data-bad</#if>>
    <input type="checkbox" id="${name}" name="${name}" value="yes" aria-required="true"<#if ticked> checked</#if><@field.aria name "" error/>>
    <span><@texts.sentence text=msg("consent." + purpose) href=noticeUrl + "#" + purpose newTab=true/></span>
  </label>
  <@field.errorLine name error/>
</div>
</#macro>

<#-- One optional purpose; hint: what counts now, for who has chosen before. -->
<#macro yesOrNo purpose noticeUrl chosen hint="">
<#local name = "privacy." + purpose>
<@choice.radios name=name chosen=chosen error=messagesPerField.getFirstError(name) hint=hint sentence=true
    options=[{"value": "yes", "label": msg("doYes")}, {"value": "no", "label": msg("doNo")}]>
  <@texts.sentence text=msg("consent." + purpose) href=noticeUrl + "#" + purpose newTab=true/>
</@choice.radios>
</#macro>
