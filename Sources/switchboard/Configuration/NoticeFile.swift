import Desk
import Tickets
import Yams

/// What customers are told by the desk itself, as its file says it: `acknowledgement` and `delay-notice`.
enum NoticeFile {
    static func notice(_ file: inout FileSection) -> DelayNotice? {
        guard var section = file.section("delay-notice") else { return nil }
        let notice = DelayNotice(
            texts: texts("text", &section), channels: section.names("channels"),
            exceptTags: section.texts("except-tags"))
        section.finish()
        return notice
    }

    static func acknowledgement(_ file: inout FileSection) -> Acknowledgement? {
        guard var section = file.section("acknowledgement") else { return nil }
        let acknowledgement = Acknowledgement(
            texts: texts("text", &section), closedTexts: texts("closed", &section),
            asks: texts("asks", &section), channels: section.names("channels"),
            exceptTags: section.texts("except-tags"))
        section.finish()
        return acknowledgement
    }

    /// One text for all, or one for each language.
    static func texts(_ key: String, _ section: inout FileSection) -> [DelayNotice.Text] {
        guard section.node(key)?.mapping != nil else {
            return section.text(key).map { [DelayNotice.Text(nil, $0)] } ?? []
        }
        guard var languages = section.section(key) else { return [] }
        let keys = languages.keys
        let texts = keys.compactMap { key -> DelayNotice.Text? in
            guard let language = Language.allCases.first(where: { $0.word == key }) else { return nil }
            return languages.text(key).map { DelayNotice.Text(language, $0) }
        }
        // So that a word that is no language is told what there are.
        for language in Language.allCases { _ = languages.node(language.word) }
        languages.finish()
        return texts
    }
}
