// The few emoji that cards use; any other stays as its :name:.

const known = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", information_source: "ℹ️", bell: "🔔", no_bell: "🔕",
  lock: "🔒", pushpin: "📌", link: "🔗", wave: "👋", tada: "🎉", eyes: "👀", memo: "📝", pencil: "📝", calendar: "📅",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", snowflake: "❄️", file_folder: "📁", card_index: "📇", office: "🏢",
  bust_in_silhouette: "👤", busts_in_silhouette: "👥", arrow_right: "➡️", "+1": "👍", "-1": "👎", star: "⭐", fire: "🔥",
  moneybag: "💰", telephone_receiver: "📞", email: "✉️", speech_balloon: "💬", gear: "⚙️", mag: "🔍", trophy: "🏆",
};

export const emoji = (name) => known[name] || `:${name}:`;
