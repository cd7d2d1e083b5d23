<#ftl output_format="plainText">
<#-- The foot of every plain-text mail. No upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#macro foot>

-- 
${msg("mailWhy", texts.brand())}
${texts.helpLine()}
</#macro>
