package discord

// maxActiveThreads is the most active threads of a guild. Discord names the error (160006) and no figure; third
// parties say 1000.
const maxActiveThreads = 1000
