<#ftl output_format="plainText">
<#-- To the holder of a customer code: see html/owner-notice.ftl. Our mail, no upstream counterpart. -->
<#import "../texts.ftl" as texts>
<#import "parts.ftl" as parts>
${msg("ownerNoticeTitle")}

${msg("ownerNoticeHello", texts.brand())}

${msg("ownerNoticeYou")}

${msg("ownerNoticeNotYouLead")} ${msg("ownerNoticeNotYou")}

${msg("ownerNoticeButton")}:
${link}
<@parts.foot why="ownerNoticeWhy"/>
