<#ftl output_format="plainText">
<#-- The usernames of an address. No upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("usernamesTitle", usernames?size)}

${msg("usernamesHello", texts.brand(), usernames?size)}

<#list usernames as username>
  ${username}
</#list>

${msg("usernamesButton")}:
${link}

${msg("usernamesPassword")}

${msg("usernamesNotYou")}
<@parts.foot/>
