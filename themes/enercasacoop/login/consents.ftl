<#-- The privacy section: one mandatory authorization, then Sì / No for each optional purpose, none ticked beforehand.
     The [bracketed] words of each sentence link to its part of the notice. No upstream counterpart. -->
<#import "field.ftl" as field>
<#import "choice.ftl" as choice>
<#import "texts.ftl" as texts>

<#macro section purposes noticeUrl typed>
<fieldset class="section">
  <legend>${msg("sectionPrivacy")}</legend>
  <#local name = "privacy.processing">
  <#local error = messagesPerField.getFirstError(name)>
  <div class="field">
    <label class="check" for="${name}"<#if error?has_content> data-bad</#if>>
      <input type="checkbox" id="${name}" name="${name}" value="yes" aria-required="true"<#if (typed[name]!"") == "yes"> checked</#if><@field.aria name "" error/>>
      <span><@texts.sentence text=msg("consent.processing") href=noticeUrl + "#processing" newTab=true/></span>
    </label>
    <@field.errorLine name error/>
  </div>
  <#list purposes as purpose>
  <#local name = "privacy." + purpose>
  <@choice.radios name=name chosen=typed[name]!"" error=messagesPerField.getFirstError(name) sentence=true
      options=[{"value": "yes", "label": msg("doYes")}, {"value": "no", "label": msg("doNo")}]>
    <@texts.sentence text=msg("consent." + purpose) href=noticeUrl + "#" + purpose newTab=true/>
  </@choice.radios>
  </#list>
  <@texts.newTabNote/>
</fieldset>
</#macro>
