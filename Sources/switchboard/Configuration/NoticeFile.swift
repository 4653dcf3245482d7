import Desk
import Tickets
import Yams

/// What customers are told of a delay, as a desk's file says it: `delay-notice`.
enum NoticeFile {
    static func notice(_ file: inout FileSection) -> DelayNotice? {
        guard var section = file.section("delay-notice") else { return nil }
        let notice = DelayNotice(
            texts: texts(&section), channels: section.names("channels"),
            exceptTags: section.texts("except-tags"))
        section.finish()
        return notice
    }

    /// One text for all, or one for each language.
    private static func texts(_ section: inout FileSection) -> [DelayNotice.Text] {
        guard section.node("text")?.mapping != nil else {
            return section.text("text").map { [DelayNotice.Text(nil, $0)] } ?? []
        }
        guard var languages = section.section("text") else { return [] }
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
