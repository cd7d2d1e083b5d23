<#-- A privacy notice as a page of its own. Our page, no upstream counterpart.
     noticeText is the text of realm-config/privacy/VERSION/LOCALE.md: blocks separated by blank lines, "# Title" once,
     "## Heading | anchor", "- " lists, else paragraphs. Everything is escaped: the text can bring no markup. -->
<#import "template.ftl" as layout>
<#assign blocks = (noticeText!"")?replace("\r", "")?split("\\n\\s*\\n", "r")?map(b -> b?trim)?filter(b -> b?has_content)>
<#assign titles = blocks?filter(b -> b?starts_with("# "))>
<@layout.registrationLayout displayMessage=false; section>
<#if section == "header">
<#list titles as title>${title?remove_beginning("# ")}<#break><#else>${msg("noticeTitle")}</#list>
<#elseif section == "form">
  <div class="text">
  <#list blocks as block>
    <#if block?starts_with("## ")>
    <#assign anchor = block?keep_after("|")?trim>
    <h2<#if anchor?has_content> id="${anchor}"</#if>>${block?keep_after("## ")?keep_before("|")?trim}</h2>
    <#elseif block?starts_with("- ")>
    <ul>
      <#list block?split("\\n- ", "r") as item><li>${item?remove_beginning("- ")}</li></#list>
    </ul>
    <#elseif !block?starts_with("# ")>
    <p>${block}</p>
    </#if>
  </#list>
  </div>
</#if>
</@layout.registrationLayout>
