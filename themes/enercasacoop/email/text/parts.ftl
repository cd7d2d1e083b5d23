<#ftl output_format="plainText">
<#-- The foot of every plain-text mail. No upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#macro foot why="mailWhy">

-- 
${msg(why, texts.brand())}
${texts.helpLine()}
</#macro>
