{{- define "tutor.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tutor.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{ include "tutor.ours" . }}
{{- end -}}

{{- define "tutor.ours" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* As compose: no user but the image's, no capability, nothing written but on volumes. */}}
{{- define "tutor.pod-security" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "tutor.container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* What every pod has beside its container. Takes root, kind, one (its values), grace (seconds). */}}
{{- define "tutor.pod" -}}
serviceAccountName: {{ include "tutor.name" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .grace }}
securityContext:
  {{- include "tutor.pod-security" .root | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with .one.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .one.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tutor.ours" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .kind }}
{{- end -}}

{{/* Variables: of every part, of one part's `settings`, a secret. */}}
{{- define "tutor.common-env" -}}
- {name: TUTOR_LOG_FORMAT, value: json}
- {name: TUTOR_OTLP_ENDPOINT, value: {{ .Values.tracing.endpoint | quote }}}
{{- end -}}

{{- define "tutor.settings-env" -}}
{{- range $name, $value := merge (deepCopy .one.settings) .root.Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end -}}

{{- define "tutor.secret-env" -}}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret | quote }}, key: {{ .key | quote }}}}
{{- end -}}

{{/* The store as a gateway or a worker knows it, whose passwords differ. Takes root, as. */}}
{{- define "tutor.store-env" -}}
{{- $store := .root.Values.store -}}
{{ include "tutor.secret-env" (dict "name" "TUTOR_REDIS_URL" "secret" $store.secret "key" (get $store (printf "%sKey" .as))) }}
{{- with get $store (printf "%sBrokerKey" .as) }}
{{ include "tutor.secret-env" (dict "name" "TUTOR_BROKER_URL" "secret" $store.secret "key" .) }}
{{- end }}
{{- end -}}

{{- define "tutor.database-env" -}}
{{ include "tutor.secret-env" (dict "name" "TUTOR_DATABASE_URL" "secret" .Values.database.secret "key" .Values.database.key) }}
{{- end -}}

{{/* Rules of a NetworkPolicy: whom a part may call. Takes to, ports. */}}
{{- define "tutor.egress" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .to }}
  to: {{ toJson . }}
  {{- end }}
{{- end -}}
