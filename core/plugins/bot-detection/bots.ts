/** Words by which programs tell what they are; with or without something around them. */
const generic = ["bot", "spider", "crawl(?:er|ing)?", "slurp", "scraper", "archiver", "fetcher", "validator"];

/** Programs that don't use such a word. */
const named = [
  "facebookexternalhit",
  "facebookcatalog",
  "WhatsApp",
  "Slack-ImgProxy",
  "SkypeUriPreview",
  "Mediapartners-Google",
  "AdsBot-Google",
  "FeedFetcher-Google",
  "Google Favicon",
  "Google-Read-Aloud",
  "APIs-Google",
  "ia_archiver",
  "heritrix",
  "nutch",
  "Yandex(?:Images|Direct|Blogs|Favicons|Video|Media|Webmaster)",
  "Teoma",
  "Jeeves",
  "Qwantify",
  "Pingdom",
  "StatusCake",
  "NewRelicPinger",
  "Site24x7",
  "W3C_(?:Validator|CSS)",
  "Screaming Frog",
  "SEOkicks",
  "panscient",
  "BUbiNG",
];

/** Libraries and tools. Not curl: people use it. */
const libraries = [
  "Go-http-client",
  "okhttp",
  "axios",
  "Apache-HttpClient",
  "Apache-HttpAsyncClient",
  "Python-urllib",
  "python-requests",
  "python-httpx",
  "aiohttp",
  "reqwest",
  "libwww-perl",
  "LWP::Simple",
  "Java/1\\.",
  "Jakarta Commons-HttpClient",
  "HTTPClient/",
  "PycURL",
  "Scrapy",
  "Boto3?/",
  "Botocore",
  "aws-(?:cli|sdk)",
  "PhantomJS",
  "HeadlessChrome",
  "GuzzleHttp",
  "Typhoeus",
  "node-fetch",
  "HTTrack",
  "masscan",
  "zgrab",
];

/** What a User-Agent of a known program matches. One expression: a request asks once. */
export const knownBots = new RegExp(`(?:${[...generic, ...named, ...libraries].join("|")})`, "i");
