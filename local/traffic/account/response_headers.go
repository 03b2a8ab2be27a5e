package account

// ResponseHeadersPolicy is a response headers policy of the account's own.
type ResponseHeadersPolicy struct {
	ID     string        `json:"id"`
	CORS   *CORS         `json:"corsConfig"`
	Custom CustomHeaders `json:"customHeadersConfig"`
	Remove struct {
		Items []struct{ Header string }
	} `json:"removeHeadersConfig"`
	Security struct {
		ContentSecurityPolicy *struct {
			ContentSecurityPolicy string
			Override              bool
		}
		ContentTypeOptions *struct{ Override bool }
		FrameOptions       *struct {
			FrameOption string
			Override    bool
		}
		ReferrerPolicy *struct {
			ReferrerPolicy string
			Override       bool
		}
		StrictTransportSecurity *struct {
			MaxAge            int `json:"accessControlMaxAgeSec"`
			IncludeSubdomains bool
			Preload           bool
			Override          bool
		}
		XSSProtection *struct {
			Protection bool
			ModeBlock  bool
			ReportURI  string `json:"reportUri"`
			Override   bool
		} `json:"xssProtection"`
	} `json:"securityHeadersConfig"`
}

// CustomHeaders are headers that a policy adds.
type CustomHeaders struct {
	Items []struct {
		Header, Value string
		Override      bool
	}
}

// CORS is what a policy lets pages of other origins do.
type CORS struct {
	AllowCredentials bool  `json:"accessControlAllowCredentials"`
	AllowHeaders     Named `json:"accessControlAllowHeaders"`
	AllowMethods     Named `json:"accessControlAllowMethods"`
	AllowOrigins     Named `json:"accessControlAllowOrigins"`
	ExposeHeaders    Named `json:"accessControlExposeHeaders"`
	MaxAge           int   `json:"accessControlMaxAgeSec"`
	OriginOverride   bool
}
