package awstable

// CacheTimes are the times to live of a cache policy, in seconds. With a Max of 0 nothing
// is cached.
type CacheTimes struct{ Min, Default, Max int }

const (
	day  = 86400
	year = 31536000
)

// CachePolicyTimes are those of the managed cache policies.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
var CachePolicyTimes = map[string]CacheTimes{
	CachingDisabled:                          {},
	CachingOptimized:                         {1, day, year},
	CachingOptimizedForUncompressedObjects:   {1, day, year},
	ElementalMediaPackage:                    {0, day, year},
	Amplify:                                  {2, 2, 600},
	UseOriginCacheControlHeaders:             {0, 0, year},
	UseOriginCacheControlHeadersQueryStrings: {0, 0, year},
}
