package gateway

import (
	"github.com/lendgate/lendgate/adapters"
	"github.com/lendgate/lendgate/adapters/all"
	"github.com/lendgate/lendgate/config"
)

// settingSchemas tells the configuration's schema what each style takes.
func settingSchemas() map[string][]config.SettingSchema {
	schemas := make(map[string][]config.SettingSchema)
	for _, adapter := range all.Adapters {
		for _, s := range adapter.Settings {
			schemas[adapter.Name] = append(schemas[adapter.Name], config.SettingSchema{
				Name: s.Name, Help: s.Help, Type: config.SettingType(schemaType(s)), Required: s.Required, Choices: s.Choices, Default: s.Default,
			})
		}
	}
	return schemas
}

func schemaType(s adapters.Setting) string {
	if s.Secret {
		return "secret"
	}
	return string(s.Kind)
}
