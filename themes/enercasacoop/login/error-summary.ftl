<#-- The error summary on top of a form: focused, with links to the fields. No upstream counterpart.
     A field is {"field": name in messagesPerField, "id": id of its input, "label": its words}. -->

<#function failed fields>
  <#return fields?filter(f -> (messagesPerField.existsError(f.field))!false)>
</#function>

<#macro list fields>
<#local bad = failed(fields)>
<#if bad?has_content>
<div class="summary" id="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
  <h2 id="error-summary-title">${msg("summaryTitle", bad?size)}</h2>
  <ul>
    <#list bad as f>
    <li><a href="#${f.id}">${f.label}</a></li>
    </#list>
  </ul>
</div>
</#if>
</#macro>
