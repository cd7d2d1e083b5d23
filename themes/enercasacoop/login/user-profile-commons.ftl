<#-- Follows theme/keycloak.v2/login/user-profile-commons.ftl of Keycloak 26.7.4 (annotations, names, nested callbacks):
     the fields of login-update-profile, update-email and of register.ftl's own section for what it does not name.
     Ours: groups are fieldsets, radios and checkboxes have a legend, errors are tied to their inputs. -->
<#import "field.ftl" as field>
<#import "choice.ftl" as choice>

<#macro userProfileFormFields>
<#local groups = []>
<#list profile.attributes as a>
  <#if !groups?seq_contains((a.group.name)!"")><#local groups += [(a.group.name)!""]></#if>
</#list>
<#list groups as group>
  <#local members = profile.attributes?filter(a -> ((a.group.name)!"") == group)>
  <#if group?has_content>
  <fieldset class="section">
    <legend>${advancedMsg((members?first.group.displayHeader)!group)}</legend>
    <#list members as a><#nested "beforeField" a><@attributeField a/><#nested "afterField" a></#list>
  </fieldset>
  <#else>
    <#list members as a><#nested "beforeField" a><@attributeField a/><#nested "afterField" a></#list>
  </#if>
</#list>
</#macro>

<#function options a>
  <#local source = (a.annotations.inputOptionsFromValidation)!"options">
  <#return ((a.validators[source].options)![])?map(o -> {"value": o, "label": optionLabel(a, o)})>
</#function>

<#function optionLabel a option>
  <#if a.annotations.inputOptionLabels??><#return advancedMsg(a.annotations.inputOptionLabels[option]!option)></#if>
  <#if a.annotations.inputOptionLabelsI18nPrefix??><#return msg(a.annotations.inputOptionLabelsI18nPrefix + "." + option)></#if>
  <#return option>
</#function>

<#function inputType a>
  <#local type = (a.annotations.inputType)!"text">
  <#return type?starts_with("html5-")?then(type?remove_beginning("html5-"), "text")>
</#function>

<#macro attributeField a>
<#local label = advancedMsg(a.displayName!a.name)>
<#local error = messagesPerField.getFirstError(a.name)>
<#local type = (a.annotations.inputType)!"">
<#local value = a.value!a.defaultValue!"">
<#if a.name == "locale">
  <#if (locale.currentLanguageTag!"")?has_content><input type="hidden" name="locale" value="${locale.currentLanguageTag}"></#if>
<#elseif type == "select-radiobuttons">
  <@choice.radios name=a.name options=options(a) chosen=value error=error optional=!a.required>${label}</@choice.radios>
<#else>
  <#local hint = (a.annotations.inputHelperTextBefore??)?then(advancedMsg(a.annotations.inputHelperTextBefore!""), "")>
  <@field.group name=a.name label=label error=error hint=hint optional=!a.required && !a.readOnly>
    <#if type == "select" || type == "multiselect">
    <#local chosen = a.values![]>
    <select id="${a.name}" name="${a.name}"<#if type == "multiselect"> multiple</#if><#if a.readOnly> disabled</#if><@field.aria a.name hint error/>>
      <#if type == "select"><option value=""></option></#if>
      <#list options(a) as o><option value="${o.value}"<#if chosen?seq_contains(o.value)> selected</#if>>${o.label}</option></#list>
    </select>
    <#elseif type == "textarea">
    <textarea id="${a.name}" name="${a.name}"<#if a.readOnly> readonly</#if><@field.aria a.name hint error/>>${value}</textarea>
    <#else>
    <input type="${inputType(a)}" id="${a.name}" name="${a.name}" value="${value}"<#if a.readOnly> readonly</#if><#if a.autocomplete??> autocomplete="${a.autocomplete}"</#if><#if a.required> aria-required="true"</#if><@field.aria a.name hint error/>>
    </#if>
  </@field.group>
</#if>
</#macro>
