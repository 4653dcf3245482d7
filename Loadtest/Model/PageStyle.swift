/// How the report's page looks: one column on a phone, two at a desk, light and dark.
enum PageStyle {
    /// Blue, orange, green, red, purple and grey that stay apart for the colour-blind (after Okabe and Ito).
    static let css = """
        :root{--bg:#fbfaf8;--card:#fff;--ink:#1c2024;--soft:#667079;--edge:#e3e1dc;--band:#f3f1ec;--mark:#b9a88a;
        --good:#1a7f4b;--bad:#c0322b;--c1:#0a6cb8;--c2:#d97b00;--c3:#1a8f6a;--c4:#c8443c;--c5:#8a5cc4;--c6:#5f7386}
        @media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1b1f23;--ink:#e7e9ea;--soft:#98a2ab;--edge:#2d333a;
        --band:#20252a;--mark:#7d6f58;--good:#4cc38a;--bad:#ff7b72;--c1:#5eb0ef;--c2:#f0a641;--c3:#4cc9a0;--c4:#ff8177;
        --c5:#b996f0;--c6:#93a7ba}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:24px 16px 48px}h1{font-size:28px;line-height:1.2;margin:4px 0 8px}
        h2{font-size:18px;margin:32px 0 12px}h3{font-size:14px;margin:0}h3 small,small{color:var(--soft);font-weight:400}
        header p{max-width:70ch;margin:0;color:var(--soft)}header .verdict{display:inline-block;padding:2px 10px;
        border-radius:99px;border:1px solid;font-size:13px;font-weight:600}.verdict.good{color:var(--good)}
        .verdict.bad{color:var(--bad)}ul,ol{margin:0;padding:0;list-style:none}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin-top:20px}
        .tiles li{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 14px}
        .tiles strong{display:block;font-size:22px;line-height:1.2;font-variant-numeric:tabular-nums}
        .tiles span{display:block;font-size:13px}.tiles small{display:block;font-size:12px;line-height:1.35}
        .checks li{padding:4px 0 4px 24px;position:relative}.checks li::before{position:absolute;left:2px;font-weight:700}
        .checks .good::before{content:"\\2713";color:var(--good)}.checks .bad::before{content:"\\2717";color:var(--bad)}
        .checks .bad{color:var(--bad)}code{font-size:.86em}
        .injections{counter-reset:mark;columns:280px;column-gap:24px;margin-bottom:12px;font-size:13px}
        .injections li{counter-increment:mark;padding-left:26px;position:relative;break-inside:avoid}
        .injections li::before{content:counter(mark);position:absolute;left:0;min-width:18px;text-align:center;font-size:11px;
        line-height:17px;margin-top:1px;border-radius:9px;background:var(--mark);color:var(--bg)}
        .injections b{font-weight:600;font-variant-numeric:tabular-nums}details{margin-bottom:12px}
        summary{cursor:pointer;color:var(--soft);font-size:13px;margin-bottom:8px}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:12px}
        figure{margin:0;background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 14px 10px;min-width:0}
        figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 12px;min-height:24px}
        figcaption p{margin:0;font-size:12px;color:var(--soft);display:flex;flex-wrap:wrap;gap:2px 12px}
        figcaption i{display:inline-block;width:12px;height:3px;border-radius:2px;margin-right:5px;vertical-align:middle;
        background:currentColor}.plot{position:relative;height:190px;margin:18px 0 20px 44px}
        .names{position:absolute;inset:0;z-index:1;pointer-events:none}.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
        .plot b,.plot em{position:absolute;font:400 11px/1 system-ui,sans-serif;color:var(--soft);
        font-variant-numeric:tabular-nums;white-space:nowrap}.y b{right:calc(100% + 7px);transform:translateY(50%)}
        .x b{top:calc(100% + 7px);transform:translateX(-50%)}.x b:not(:first-child)::after{content:" s"}
        .marks em{bottom:calc(100% + 3px);transform:translateX(-50%);font-size:9px;color:var(--mark);font-weight:700}
        .names s{position:absolute;top:3px;padding:0 2px;font:400 10px/1.2 system-ui,sans-serif;text-decoration:none;
        text-align:center;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;opacity:.85}
        @media(max-width:640px){.names{display:none}}path{vector-effect:non-scaling-stroke;fill:none}.grid{stroke:var(--edge);stroke-width:1}.band{fill:var(--band)}
        .mark{stroke:var(--mark);stroke-width:1;stroke-dasharray:3 3}.line{stroke:currentColor;stroke-width:1.6;
        stroke-linejoin:round}.area{fill:currentColor;opacity:.13}.c1{color:var(--c1)}.c2{color:var(--c2)}.c3{color:var(--c3)}
        .c4{color:var(--c4)}.c5{color:var(--c5)}.c6{color:var(--c6)}.wide{overflow-x:auto;background:var(--card);
        border:1px solid var(--edge);border-radius:10px;margin-bottom:14px}
        table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
        th,td{padding:7px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--edge)}
        tr:last-child td{border-bottom:0}th{font-weight:500;color:var(--soft);font-size:12px}
        th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
        .bars{columns:320px;column-gap:28px;margin-top:8px}.bars li{display:flex;align-items:center;gap:8px;font-size:12px;
        break-inside:avoid;line-height:20px}.bars span{flex:0 0 84px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .bars em{font-style:normal;color:var(--bad)}.bars i{height:10px;border-radius:3px;background:var(--c1);min-width:1px}
        footer{margin-top:36px;font-size:12px;color:var(--soft);max-width:90ch}
        """
}
