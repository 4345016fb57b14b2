import { IconButton } from "../../ui/Button.tsx"
import { t } from "../../ui/text.ts"

/** The way back to the list where both do not fit side by side. */
export function BackLine({ onBack }: { onBack: () => void }) {
    return (
        <div class="contact-back">
            <IconButton small test="back" icon="back" label={t("back")} onPress={onBack} />
        </div>
    )
}
