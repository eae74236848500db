# ruff: noqa: E501  the lines are data
"""The things themselves, on 200 × 200.

``$p`` is the printed body, ``$b $s $l`` body, shade and light of the main color,
``$a $d $w`` body, shade and light of the second one.
"""

from __future__ import annotations

import re

MOTIFS: dict[str, str] = {
    "mug": (
        '<path d="M132 82h14c16 0 22 12 20 26-2 15-14 25-34 24v-13c12 0 20-5 21-14 1-7-2-11-8-11h-13z" fill="$s"/>'
        '<path d="M50 62h86l-5 98c-.4 6-4 10-10 10H65c-6 0-9.600-4-10-10z" fill="$p"/>'
        '<path d="M122 62h14l-5 98c-.4 6-4 10-10 10h-9c6 0 8-4 8.500-10z" fill="$s" opacity=".28"/>'
        '<ellipse cx="93" cy="62" rx="43" ry="9" fill="$s"/><ellipse cx="93" cy="63" rx="37" ry="6" fill="#6b4a33"/>'
        '<path d="M80 46c-6-8 6-12 0-21M100 46c-6-8 6-12 0-21" stroke="$s" stroke-width="3.500" stroke-linecap="round" fill="none" opacity=".35"/>'
    ),
    "teacup": (
        '<ellipse cx="98" cy="158" rx="70" ry="12" fill="$s"/><ellipse cx="98" cy="154" rx="70" ry="12" fill="$b"/><ellipse cx="98" cy="153" rx="46" ry="6" fill="$l"/>'
        '<path d="M140 88c22-6 34 4 29 19-4 13-20 20-38 20l4-9c12-1 20-5 22-13 2-7-7-9-18-7z" fill="$s"/>'
        '<path d="M46 80h98c2 38-18 70-49 72-31-2-51-34-49-72z" fill="$p"/>'
        '<ellipse cx="95" cy="80" rx="49" ry="10" fill="$l"/><ellipse cx="95" cy="82" rx="41" ry="6.500" fill="#9a6a3e"/>'
    ),
    "teapot": (
        '<path d="M54 100c-20-8-30-22-34-36 12-4 24 4 30 22z" fill="$s"/>'
        '<path d="M146 84c34-8 36 44-6 48l3-12c22-3 20-28 1-24z" fill="$s"/>'
        '<path d="M46 118c0-32 24-50 54-50s54 18 54 50c0 34-22 52-54 52s-54-18-54-52z" fill="$p"/>'
        '<path d="M128 75c16 8 26 22 26 43 0 34-22 52-54 52 40-14 44-62 28-95z" fill="$s" opacity=".22"/>'
        '<ellipse cx="100" cy="70" rx="30" ry="8" fill="$s"/><path d="M72 66c4-12 52-12 56 0z" fill="$b"/><circle cx="100" cy="50" r="8" fill="$a"/>'
    ),
    "cakestand": (
        '<path d="M92 60h16v100H92z" fill="$s"/><ellipse cx="100" cy="168" rx="38" ry="8" fill="$s"/><ellipse cx="100" cy="165" rx="38" ry="8" fill="$b"/>'
        '<ellipse cx="100" cy="146" rx="72" ry="11" fill="$s"/><ellipse cx="100" cy="142" rx="72" ry="11" fill="$p"/>'
        '<ellipse cx="100" cy="106" rx="54" ry="9" fill="$s"/><ellipse cx="100" cy="102" rx="54" ry="9" fill="$p"/>'
        '<ellipse cx="100" cy="70" rx="36" ry="7" fill="$s"/><ellipse cx="100" cy="66" rx="36" ry="7" fill="$p"/>'
        '<circle cx="100" cy="30" r="7" fill="none" stroke="$s" stroke-width="4"/><path d="M98 36h4v26h-4z" fill="$s"/>'
        '<path d="M48 136c0-16 26-16 26 0z" fill="$a"/><path d="M126 136c0-16 26-16 26 0z" fill="$a"/><circle cx="61" cy="122" r="4" fill="$d"/><circle cx="139" cy="122" r="4" fill="$d"/>'
        '<path d="M62 97c0-15 24-15 24 0z" fill="$w"/><path d="M114 97c0-15 24-15 24 0z" fill="$w"/><circle cx="74" cy="84" r="4" fill="$d"/><circle cx="126" cy="84" r="4" fill="$d"/>'
    ),
    "cake": (
        '<path d="M58 96h84l-12 68c-.6 4-3 6-7 6H77c-4 0-6.400-2-7-6z" fill="$p"/>'
        '<path d="M74 100l6 68M91 100l2 68M109 100l-2 68M126 100l-6 68" stroke="$s" stroke-width="3" opacity=".4"/>'
        '<path d="M46 98c-4-18 10-24 18-26 2-22 18-34 36-34s34 12 36 34c8 2 22 8 18 26-6 10-22 6-27 2-8 8-20 8-27 0-8 8-20 8-27 0-6 4-21 8-27-2z" fill="$w"/>'
        '<path d="M78 60l8-4M104 52l6 6M120 78l8-3M66 84l7 3M94 76l7-3" stroke="$a" stroke-width="4" stroke-linecap="round"/><circle cx="100" cy="36" r="11" fill="#d6483f"/><path d="M101 27c1-8 6-12 12-13" stroke="#497345" stroke-width="3" fill="none" stroke-linecap="round"/>'
    ),
    "tin": (
        '<path d="M46 70h108v84c0 9-24 16-54 16s-54-7-54-16z" fill="$p"/><path d="M132 70h22v84c0 7-12 12-30 15 6-3 8-6 8-15z" fill="$s" opacity=".25"/>'
        '<ellipse cx="100" cy="70" rx="58" ry="16" fill="$s"/><path d="M42 58h116v12c0 9-26 16-58 16s-58-7-58-16z" fill="$s"/><ellipse cx="100" cy="57" rx="58" ry="15" fill="$b"/><ellipse cx="100" cy="55" rx="44" ry="9" fill="$l" opacity=".6"/>'
        '<rect x="68" y="104" width="64" height="36" rx="6" fill="#fffaf0"/><path d="M80 117h40M86 128h28" stroke="$s" stroke-width="4" stroke-linecap="round"/>'
    ),
    "jar": (
        '<rect x="66" y="36" width="68" height="18" rx="6" fill="$s"/><rect x="62" y="46" width="76" height="14" rx="5" fill="$b"/>'
        '<path d="M64 60h72c14 8 18 18 18 32v62c0 10-6 16-16 16H62c-10 0-16-6-16-16V92c0-14 4-24 18-32z" fill="$l" stroke="$s" stroke-width="3"/>'
        '<path d="M52 104h96v48c0 8-5 12-12 12H64c-7 0-12-4-12-12z" fill="$p"/><rect x="72" y="112" width="56" height="34" rx="5" fill="#fffaf0"/><path d="M82 124h36M88 134h24" stroke="$s" stroke-width="4" stroke-linecap="round"/>'
        '<path d="M60 84c2-8 6-12 12-14" stroke="#fff" stroke-width="6" stroke-linecap="round" fill="none"/>'
    ),
    "bowl": (
        '<path d="M72 160h56l6 10H66z" fill="$s"/><path d="M28 88h144c0 44-30 74-72 74S28 132 28 88z" fill="$p"/><path d="M150 88h22c0 44-30 74-72 74 34-12 50-40 50-74z" fill="$s" opacity=".25"/>'
        '<ellipse cx="100" cy="88" rx="72" ry="15" fill="$s"/><ellipse cx="100" cy="87" rx="63" ry="10" fill="$l"/>'
        '<circle cx="78" cy="76" r="15" fill="$a"/><circle cx="104" cy="70" r="17" fill="$d"/><circle cx="128" cy="78" r="13" fill="$a"/><path d="M104 54c0-6 3-10 8-11" stroke="#497345" stroke-width="3" fill="none"/>'
    ),
    "plate": (
        '<circle cx="100" cy="104" r="68" fill="$s" opacity=".5"/><circle cx="100" cy="100" r="68" fill="$p"/><circle cx="100" cy="100" r="46" fill="$l"/><circle cx="100" cy="100" r="46" fill="none" stroke="$s" stroke-width="2" opacity=".5"/>'
        '<path d="M100 124c-20-14-20-32-9-32 5 0 8 4 9 8 1-4 4-8 9-8 11 0 11 18-9 32z" fill="$a"/>'
    ),
    "tray": (
        '<rect x="24" y="66" width="152" height="92" rx="18" fill="$s"/><rect x="24" y="60" width="152" height="92" rx="18" fill="$b"/><rect x="36" y="70" width="128" height="72" rx="10" fill="$p"/>'
        '<path d="M34 92v28M166 92v28" stroke="$s" stroke-width="7" stroke-linecap="round"/><ellipse cx="84" cy="106" rx="22" ry="16" fill="#fffaf0"/><ellipse cx="84" cy="105" rx="13" ry="9" fill="#9a6a3e"/><circle cx="130" cy="104" r="15" fill="$a"/>'
    ),
    "cutlery": (
        '<path d="M62 30v40c0 10 5 14 9 16v78c0 9 14 9 14 0V86c4-2 9-6 9-16V30h-6v34h-6V30h-8v34h-6V30z" fill="$s"/>'
        '<path d="M136 30c-20 8-26 44-20 68h8v66c0 9 14 9 14 0V34c0-3-1-5-2-4z" fill="$s"/>'
        '<rect x="66" y="112" width="24" height="60" rx="11" fill="$p"/><rect x="119" y="112" width="24" height="60" rx="11" fill="$p"/>'
    ),
    "bottle": (
        '<rect x="86" y="24" width="28" height="16" rx="5" fill="$a"/><path d="M88 40h24v26c0 12 24 18 24 42v52c0 7-4 11-11 11H75c-7 0-11-4-11-11v-52c0-24 24-30 24-42z" fill="$p" stroke="$s" stroke-width="3"/>'
        '<rect x="64" y="108" width="72" height="38" fill="#fffaf0"/><path d="M78 121h44M84 133h32" stroke="$s" stroke-width="4" stroke-linecap="round"/><path d="M76 96c2-8 8-12 14-18" stroke="#fff" stroke-width="6" stroke-linecap="round" fill="none" opacity=".7"/>'
    ),
    "glass": (
        '<path d="M60 34h80c4 50-6 78-34 82v42h-12v-42C66 112 56 84 60 34z" fill="$l" stroke="$s" stroke-width="3"/><path d="M62 62h76c0 30-12 48-38 48S62 92 62 62z" fill="$p"/>'
        '<ellipse cx="100" cy="164" rx="36" ry="8" fill="$b" stroke="$s" stroke-width="3"/><path d="M72 46v22" stroke="#fff" stroke-width="6" stroke-linecap="round"/>'
    ),
    "jug": (
        '<path d="M134 74c34-4 36 64-6 66v-13c20-2 20-42 4-40z" fill="$s"/><path d="M54 48l10-14h62l14 20c-12 14-14 24-8 40 10 26 8 76-14 76H82c-24 0-26-46-16-74 6-18 2-32-12-48z" fill="$p"/><path d="M64 34h62l14 20H50z" fill="$l"/><path d="M60 40h66l6 10H58z" fill="$s" opacity=".5"/>'
    ),
    "bag": (
        '<path d="M66 74c0-56 68-56 68 0" fill="none" stroke="$s" stroke-width="9"/><path d="M40 70h120l10 94c.6 5-2 8-8 8H38c-6 0-8.600-3-8-8z" fill="$p"/>'
        '<path d="M140 70h20l10 94c.6 5-2 8-8 8h-20c6 0 8-3 7-8z" fill="$s" opacity=".25"/><path d="M40 70h120l1.500 14h-123z" fill="$s" opacity=".5"/><circle cx="66" cy="78" r="4" fill="$l"/><circle cx="134" cy="78" r="4" fill="$l"/>'
    ),
    "purse": (
        '<path d="M34 96c-4 40 8 74 66 74s70-34 66-74z" fill="$p"/><path d="M42 92c0-30 24-46 58-46s58 16 58 46z" fill="$b"/><path d="M36 88c30-22 98-22 128 0v12c-30-20-98-20-128 0z" fill="#dcb65c"/><circle cx="92" cy="70" r="9" fill="#dcb65c"/><circle cx="109" cy="70" r="9" fill="#a88330"/>'
    ),
    "umbrella": (
        '<path d="M98 30h5v118c0 22-34 22-34 0h7c0 12 19 12 19 0z" fill="#7d5a3a"/><path d="M22 106c2-46 36-70 78-70s76 24 78 70c-8-12-18-12-26 0-8-12-18-12-26 0-8-12-44-12-52 0-8-12-18-12-26 0-8-12-18-12-26 0z" fill="$p"/><path d="M74 106c4-36 14-60 26-70 12 10 22 34 26 70" fill="none" stroke="$s" stroke-width="3" opacity=".55"/>'
    ),
    "candle": (
        '<path d="M100 18c14 18 16 30 0 38-16-8-14-20 0-38z" fill="#ecba4a"/><path d="M100 34c6 8 7 14 0 19-7-5-6-11 0-19z" fill="#fff3cf"/><path d="M98.500 52h3v16h-3z" fill="#4a4a52"/>'
        '<path d="M70 70h60v86H70z" fill="$p"/><path d="M116 70h14v86h-14z" fill="$s" opacity=".25"/><ellipse cx="100" cy="70" rx="30" ry="7" fill="$l"/><path d="M74 74c0 14 8 14 8 4 0 22 9 20 9 2" fill="$l"/>'
        '<ellipse cx="100" cy="158" rx="52" ry="11" fill="$s"/><ellipse cx="100" cy="154" rx="52" ry="11" fill="$a"/><ellipse cx="100" cy="153" rx="34" ry="5" fill="$d" opacity=".5"/>'
    ),
    "tealight": (
        '<path d="M100 42c10 14 12 22 0 29-12-7-10-15 0-29z" fill="#ecba4a"/><path d="M100 55c4 6 5 9 0 13-5-4-4-7 0-13z" fill="#fff3cf"/>'
        '<path d="M46 84h108l-12 76c-1 7-6 10-12 10H70c-6 0-11-3-12-10z" fill="$p"/><path d="M132 84h22l-12 76c-1 7-6 10-12 10h-14c8 0 11-3 12-10z" fill="$s" opacity=".25"/><ellipse cx="100" cy="84" rx="54" ry="13" fill="$s"/><ellipse cx="100" cy="84" rx="46" ry="9" fill="#fff3cf"/>'
    ),
    "lantern": (
        '<circle cx="100" cy="32" r="13" fill="none" stroke="$s" stroke-width="5"/><path d="M66 66l20-20h28l20 20z" fill="$b"/><rect x="58" y="64" width="84" height="12" rx="3" fill="$s"/><path d="M64 76h72v78H64z" fill="#fff3cf"/>'
        '<path d="M100 88c12 17 14 27 0 35-14-8-12-18 0-35z" fill="#ecba4a"/><rect x="88" y="122" width="24" height="32" rx="3" fill="$l"/><path d="M64 76h8v78h-8zM128 76h8v78h-8zM97 76h6v16h-6z" fill="$b"/><rect x="56" y="152" width="88" height="16" rx="4" fill="$s"/>'
    ),
    "lights": (
        '<path d="M14 50c40 46 60 50 86 26 26-26 52-22 88 14" fill="none" stroke="#4a4a52" stroke-width="3"/><path d="M18 120c36 26 76 26 100 6 22-18 44-12 66 6" fill="none" stroke="#4a4a52" stroke-width="3"/>'
        '<g fill="$b"><path d="M38 74c-14 10-14 30 0 34 14-4 14-24 0-34z"/><path d="M136 62c-14 10-14 30 0 34 14-4 14-24 0-34z"/><path d="M66 138c-14 10-14 30 0 34 14-4 14-24 0-34z"/></g>'
        '<g fill="$a"><path d="M84 84c-14 10-14 30 0 34 14-4 14-24 0-34z"/><path d="M172 76c-14 10-14 30 0 34 14-4 14-24 0-34z"/><path d="M112 130c-14 10-14 30 0 34 14-4 14-24 0-34z"/><path d="M160 122c-14 10-14 30 0 34 14-4 14-24 0-34z"/></g>'
        '<g fill="#fff" opacity=".6"><circle cx="34" cy="92" r="4"/><circle cx="80" cy="102" r="4"/><circle cx="132" cy="80" r="4"/><circle cx="62" cy="156" r="4"/><circle cx="108" cy="148" r="4"/></g>'
    ),
    "lamp": (
        '<path d="M68 36h64l26 66H42z" fill="$p"/><path d="M118 36h14l26 66h-24z" fill="$s" opacity=".25"/><path d="M42 102h116v6H42z" fill="$s"/><path d="M95 108h10v22h-10z" fill="#a88330"/><path d="M100 126c22 8 26 34 12 40H88c-14-6-10-32 12-40z" fill="$a"/><rect x="68" y="162" width="64" height="9" rx="4" fill="$d"/>'
    ),
    "clock": (
        '<circle cx="62" cy="46" r="18" fill="$s"/><circle cx="138" cy="46" r="18" fill="$s"/><path d="M58 160l-12 14M142 160l12 14" stroke="$s" stroke-width="9" stroke-linecap="round"/><circle cx="100" cy="108" r="64" fill="$b"/><circle cx="100" cy="108" r="50" fill="#fffaf0"/>'
        '<path d="M100 66v8M100 142v8M58 108h8M134 108h8" stroke="$s" stroke-width="5" stroke-linecap="round"/><path d="M100 108V78M100 108l22 14" stroke="#33373a" stroke-width="6" stroke-linecap="round"/><circle cx="100" cy="108" r="6" fill="$a"/>'
    ),
    "frame": (
        '<path d="M34 40h132v124H34z" fill="$p"/><path d="M34 40h132l-18 18H52zM34 164h132l-18-18H52z" fill="$s" opacity=".25"/><path d="M52 58h96v88H52z" fill="#e4f0f4"/><path d="M52 130l30-34 22 22 14-12 30 26v14H52z" fill="$a" opacity=".8"/><circle cx="124" cy="82" r="10" fill="#ecba4a"/>'
    ),
    "mirror": (
        '<ellipse cx="100" cy="100" rx="56" ry="72" fill="$p"/><ellipse cx="100" cy="100" rx="42" ry="57" fill="#dcebf0"/><path d="M76 122l44-56M88 134l40-52" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".8"/><path d="M88 26c4-10 20-10 24 0-6 6-18 6-24 0z" fill="$s"/>'
    ),
    "heart": (
        '<path d="M100 24v30" stroke="$s" stroke-width="3"/><path d="M100 20c-14-4-18 8-8 12 4 1 7-4 8-6 1 2 4 7 8 6 10-4 6-16-8-12z" fill="$a"/><path d="M100 168C22 116 26 56 66 52c18-2 30 10 34 24 4-14 16-26 34-24 40 4 44 64-34 116z" fill="$p"/><path d="M140 53c36 10 34 66-40 115 34-36 56-70 40-115z" fill="$s" opacity=".22"/>'
    ),
    "star": (
        '<path d="M100 22v14" stroke="$s" stroke-width="3"/><path d="M100 32l21 45 49 6-36 34 9 49-43-24-43 24 9-49-36-34 49-6z" fill="$p" stroke="$s" stroke-width="3" stroke-linejoin="round"/><path d="M100 32l21 45 49 6-36 34 9 49-43-24z" fill="$s" opacity=".15"/>'
    ),
    "flower": (
        '<path d="M100 100c2 30 0 50-4 70" stroke="#497345" stroke-width="6" fill="none" stroke-linecap="round"/><path d="M98 140c16-18 34-16 40-12-4 14-22 22-40 12zM96 152c-14-16-30-14-36-10 4 12 20 18 36 10z" fill="#6d9b65"/>'
        '<g fill="$b"><circle cx="100" cy="48" r="22"/><circle cx="128" cy="68" r="22"/><circle cx="118" cy="100" r="22"/><circle cx="82" cy="100" r="22"/><circle cx="72" cy="68" r="22"/></g><g fill="$l" opacity=".7"><circle cx="100" cy="46" r="10"/><circle cx="130" cy="67" r="10"/><circle cx="119" cy="103" r="10"/><circle cx="81" cy="103" r="10"/><circle cx="70" cy="67" r="10"/></g><circle cx="100" cy="77" r="17" fill="$a"/>'
    ),
    "butterfly": (
        '<path d="M96 92C70 40 26 44 28 78c1 24 32 34 66 26-26 8-42 30-28 46 14 14 32-14 32-48zM104 92c26-52 70-48 68-14-1 24-32 34-66 26 26 8 42 30 28 46-14 14-32-14-32-48z" fill="$p" stroke="$s" stroke-width="3"/><circle cx="58" cy="78" r="9" fill="$a"/><circle cx="142" cy="78" r="9" fill="$a"/><path d="M100 70c6 16 6 52 0 74-6-22-6-58 0-74z" fill="#4a4a52"/><path d="M99 74c-4-14-12-20-20-22M101 74c4-14 12-20 20-22" stroke="#4a4a52" stroke-width="3" fill="none" stroke-linecap="round"/>'
    ),
    "bird": (
        '<path d="M30 150h140" stroke="#7d5a3a" stroke-width="6" stroke-linecap="round"/><path d="M140 144c10-14 24-12 28-8-4 10-16 14-28 8z" fill="#6d9b65"/><path d="M84 146v-16M104 146v-16" stroke="#b9652c" stroke-width="4"/><path d="M40 74c10-26 44-34 62-12 14 18 44 20 70 6-6 44-38 70-78 68-34-2-52-26-54-62z" fill="$p"/><path d="M86 92c24-12 50-4 58 8-16 20-46 22-58-8z" fill="$s" opacity=".55"/><path d="M42 68l-22 8 20 10z" fill="#e58b4e"/><circle cx="62" cy="72" r="5" fill="#33373a"/>'
    ),
    "owl": (
        '<path d="M50 60l-4-28 24 14h60l24-14-4 28c10 50 2 110-50 110S40 110 50 60z" fill="$p"/><path d="M66 118c20-14 48-14 68 0 0 26-14 44-34 44s-34-18-34-44z" fill="$l"/><circle cx="78" cy="80" r="22" fill="#fffaf0"/><circle cx="122" cy="80" r="22" fill="#fffaf0"/><circle cx="80" cy="82" r="9" fill="#33373a"/><circle cx="120" cy="82" r="9" fill="#33373a"/><path d="M92 94h16l-8 14z" fill="#e58b4e"/>'
    ),
    "rabbit": (
        '<path d="M72 84C50 40 60 14 72 16c14 2 18 34 18 60zM128 84c22-44 12-70 0-68-14 2-18 34-18 60z" fill="$b"/><path d="M72 70c-8-24-6-38 0-40 6 2 8 20 8 38zM128 70c8-24 6-38 0-40-6 2-8 20-8 38z" fill="$l"/><ellipse cx="100" cy="118" rx="52" ry="50" fill="$p"/><circle cx="82" cy="110" r="6" fill="#33373a"/><circle cx="118" cy="110" r="6" fill="#33373a"/><path d="M93 126h14l-7 8z" fill="#c25f7f"/><path d="M100 134c0 8-8 10-12 6M100 134c0 8 8 10 12 6" stroke="#33373a" stroke-width="3" fill="none" stroke-linecap="round"/><ellipse cx="100" cy="168" rx="30" ry="6" fill="$a"/>'
    ),
    "hen": (
        '<path d="M150 66c20 10 22 44 6 66 16 26-12 36-54 36-44 0-66-26-62-60 2-16 10-24 12-42 4-26 40-26 44 0 4 26 34 34 54 0z" fill="$p"/><path d="M58 44c-4-16 8-18 10-8 2-12 14-10 12 0 8-6 14 2 8 10z" fill="#d6483f"/><path d="M46 70l-16 8 18 8z" fill="#e58b4e"/><path d="M48 88c-6 8 0 18 6 14 4-4 0-12-6-14z" fill="#d6483f"/><circle cx="66" cy="66" r="5" fill="#33373a"/><path d="M88 114c14-10 40-10 50 6-12 18-44 16-50-6z" fill="$s" opacity=".5"/>'
    ),
    "egg": (
        '<path d="M100 30c34 0 54 52 54 86 0 32-22 54-54 54s-54-22-54-54c0-34 20-86 54-86z" fill="$p"/><path d="M50 94c16 10 22-8 34 0s20 8 32 0 20 10 34 0c3 8 4 16 4 24-14 8-24-8-38 0s-20 8-32 0-24 8-38 0c0-8 1-16 4-24z" fill="$a"/><path d="M124 40c20 20 30 52 30 76 0 32-22 54-54 54 40-22 46-84 24-130z" fill="$s" opacity=".18"/>'
    ),
    "tree": (
        '<rect x="90" y="146" width="20" height="26" fill="#7d5a3a"/><path d="M100 26l34 46h-14l26 38h-16l32 44H38l32-44H54l26-38H66z" fill="$b"/><path d="M100 26l34 46h-14l26 38h-16l32 44h-62z" fill="$s" opacity=".3"/><path d="M100 14l5 10 11 1-8 8 2 11-10-5-10 5 2-11-8-8 11-1z" fill="#ecba4a"/><circle cx="84" cy="90" r="6" fill="$a"/><circle cx="114" cy="104" r="6" fill="#fff"/><circle cx="76" cy="132" r="6" fill="#d6483f"/><circle cx="120" cy="138" r="6" fill="$a"/><circle cx="100" cy="120" r="5" fill="#ecba4a"/>'
    ),
    "bauble": (
        '<path d="M100 16v24" stroke="#a88330" stroke-width="3"/><rect x="86" y="38" width="28" height="18" rx="4" fill="#dcb65c"/><circle cx="100" cy="112" r="60" fill="$p"/><path d="M44 96c30 14 82 14 112 0v30c-30 14-82 14-112 0z" fill="$a"/><path d="M60 118l10-10 10 10 10-10 10 10 10-10 10 10 10-10 10 10" fill="none" stroke="#fff" stroke-width="4" stroke-linejoin="round"/><path d="M66 84c6-10 14-16 24-18" stroke="#fff" stroke-width="7" stroke-linecap="round" fill="none" opacity=".65"/>'
    ),
    "stocking": (
        '<path d="M64 52h66v56c0 10 6 14 18 20 20 10 16 40-10 40H96c-20 0-32-10-32-30z" fill="$p"/><path d="M112 168c-4-16 4-32 24-38l12 5c16 10 10 33-12 33z" fill="$a"/><rect x="56" y="34" width="82" height="28" rx="12" fill="#fffaf0"/><path d="M58 48c8 8 12-6 20 0s12-4 20 0 12-4 20 0 12 6 18 0" fill="none" stroke="$l" stroke-width="4"/><path d="M66 36c-10-8-6-18 4-14" fill="none" stroke="$s" stroke-width="4"/>'
    ),
    "bunting": (
        '<path d="M12 46c50 34 126 34 176 0" fill="none" stroke="$s" stroke-width="4"/><path d="M24 56l32 12-20 44z" fill="$p"/><path d="M64 70l34 3-18 46z" fill="$a"/><path d="M104 73l34-4-14 48z" fill="$p"/><path d="M144 67l32-14-10 48z" fill="$a"/><path d="M12 112c50 34 126 34 176 0" fill="none" stroke="$s" stroke-width="4"/><path d="M24 122l32 12-20 40z" fill="$d"/><path d="M64 136l34 3-18 38z" fill="$p"/><path d="M104 139l34-4-14 40z" fill="$w"/><path d="M144 133l32-14-10 44z" fill="$p"/>'
    ),
    "garland": (
        '<path d="M14 46c50 70 122 70 172 0" fill="none" stroke="$s" stroke-width="3"/><path d="M14 106c50 60 122 60 172 0" fill="none" stroke="$s" stroke-width="3"/><g fill="$b"><path d="M40 92c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z"/><path d="M100 122c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z"/><path d="M160 92c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z"/></g><g fill="$a"><path d="M68 160c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z"/><path d="M132 160c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z"/></g><circle cx="70" cy="86" r="7" fill="$d"/><circle cx="130" cy="86" r="7" fill="$d"/><circle cx="40" cy="130" r="7" fill="$s"/><circle cx="160" cy="130" r="7" fill="$s"/><circle cx="100" cy="150" r="7" fill="$s"/>'
    ),
    "wreath": (
        '<circle cx="100" cy="100" r="50" fill="none" stroke="#497345" stroke-width="18"/><g fill="#6d9b65"><path d="M100 34c14-10 26 0 24 12-12 4-22 0-24-12zM150 62c16 4 18 18 8 26-10-6-14-16-8-26zM160 120c8 14-2 26-14 24-4-12 2-22 14-24zM116 162c-4 14-20 16-28 6 6-10 18-12 28-6zM58 150c-14 4-24-8-20-20 12 0 20 8 20 20zM38 94c-12-8-10-22 2-26 8 8 8 18-2 26zM62 48c-6-14 6-24 18-18 0 12-8 20-18 18z"/></g><g fill="$b"><circle cx="124" cy="56" r="9"/><circle cx="150" cy="106" r="9"/><circle cx="118" cy="146" r="9"/><circle cx="66" cy="136" r="9"/><circle cx="54" cy="82" r="9"/><circle cx="84" cy="52" r="9"/></g><path d="M100 150c-30-16-40 2-34 22 16 0 28-8 34-18 6 10 18 18 34 18 6-20-4-38-34-22z" fill="$a"/><circle cx="100" cy="154" r="8" fill="$d"/>'
    ),
    "card": (
        '<path d="M50 46l84-12 18 118-84 12z" fill="$s" opacity=".35"/><path d="M46 40h92v124H46z" fill="#fffdf8" stroke="$l" stroke-width="2"/><path d="M54 48h76v108H54z" fill="$p"/><circle cx="92" cy="102" r="28" fill="#fffdf8"/><path d="M92 120c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z" fill="$a"/>'
    ),
    "envelope": (
        '<rect x="32" y="62" width="136" height="96" rx="8" fill="$b"/><path d="M32 68l68 54 68-54" fill="none" stroke="$s" stroke-width="5" stroke-linejoin="round"/><path d="M32 154l50-44M168 154l-50-44" stroke="$s" stroke-width="4"/><circle cx="100" cy="116" r="14" fill="$a"/>'
    ),
    "notebook": (
        '<rect x="50" y="32" width="108" height="140" rx="8" fill="$s"/><rect x="44" y="28" width="108" height="140" rx="8" fill="$p"/><path d="M44 36c0-5 3-8 8-8h10v140H52c-5 0-8-3-8-8z" fill="$s" opacity=".55"/><rect x="78" y="58" width="56" height="40" rx="5" fill="#fffaf0"/><path d="M88 72h36M94 84h24" stroke="$s" stroke-width="4" stroke-linecap="round"/><path d="M128 168v14l7-6 7 6v-14z" fill="$a"/>'
    ),
    "pencils": (
        '<path d="M58 40l14-24 14 24v60H58z" fill="$a"/><path d="M65 28l7-12 7 12z" fill="#4a4a52"/><path d="M88 30l13-20 13 20v70H88z" fill="$b"/><path d="M95 19l6-9 6 9z" fill="#4a4a52"/><path d="M116 44l13-22 13 22v56h-26z" fill="$d"/><path d="M122 33l7-11 7 11z" fill="#4a4a52"/><path d="M50 84h100v78c0 6-22 10-50 10s-50-4-50-10z" fill="$p"/><ellipse cx="100" cy="84" rx="50" ry="9" fill="$s"/><path d="M60 84V46h26v38M88 84V36h26v48M116 84V50h26v34" fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="4"/>'
    ),
    "gift": (
        '<path d="M40 88h120v80H40z" fill="$p"/><path d="M32 66h136v26H32z" fill="$b"/><path d="M32 86h136v6H32z" fill="$s" opacity=".4"/><path d="M88 66h24v102H88z" fill="$a"/><path d="M100 66c-12-34-48-34-44-12 2 12 26 14 44 12zM100 66c12-34 48-34 44-12-2 12-26 14-44 12z" fill="$a" stroke="$d" stroke-width="4"/><circle cx="100" cy="64" r="9" fill="$d"/>'
    ),
    "wrap": (
        '<path d="M52 54l88-22 18 112-88 22z" fill="$p"/><ellipse cx="61" cy="110" rx="13" ry="57" transform="rotate(-9 61 110)" fill="$s"/><ellipse cx="61" cy="110" rx="7" ry="45" transform="rotate(-9 61 110)" fill="$l"/><path d="M60 100l88-22 4 22-88 22z" fill="$a"/><path d="M108 96c-20-26-38-8-30 4 8 8 22 2 30-4zM108 96c12-30 36-20 32-6-4 10-20 10-32 6z" fill="$d"/>'
    ),
    "ribbon": (
        '<path d="M58 60h84v84H58z" fill="$p"/><ellipse cx="100" cy="146" rx="62" ry="15" fill="#a9805a"/><ellipse cx="100" cy="58" rx="62" ry="15" fill="#a9805a"/><ellipse cx="100" cy="56" rx="62" ry="14" fill="#ecdcc9"/><ellipse cx="100" cy="56" rx="14" ry="4" fill="#7d5a3a"/><path d="M142 90c30 6 24 34 40 44l-8 14c-24-14-14-34-32-34z" fill="$b"/>'
    ),
    "box": (
        '<path d="M36 84h128v76c0 6-4 10-10 10H46c-6 0-10-4-10-10z" fill="$p"/><path d="M146 84h18v76c0 6-4 10-10 10h-18c6 0 10-4 10-10z" fill="$s" opacity=".25"/><path d="M28 58c0-5 3-8 8-8h128c5 0 8 3 8 8v28H28z" fill="$b"/><path d="M28 78h144v8H28z" fill="$s" opacity=".4"/><rect x="80" y="108" width="40" height="26" rx="5" fill="#fffaf0"/><path d="M88 121h24" stroke="$s" stroke-width="4" stroke-linecap="round"/>'
    ),
    "basket": (
        '<path d="M56 92c0-70 88-70 88 0" fill="none" stroke="$s" stroke-width="9"/><path d="M32 90h136l-16 72c-1 6-5 8-11 8H59c-6 0-10-2-11-8z" fill="#c59b6a"/><path d="M40 110h120M44 130h112M48 150h104M60 92l10 76M86 92l4 76M114 92l-4 76M140 92l-10 76" stroke="#8d6840" stroke-width="4" opacity=".6"/><path d="M28 82h144v16c-12 10-20 10-30 0-8 10-18 10-28 0-8 10-20 10-28 0-10 10-20 10-28 0-10 10-20 10-30 0z" fill="$p"/>'
    ),
    "drawers": (
        '<rect x="44" y="30" width="112" height="134" rx="6" fill="$b"/><rect x="54" y="40" width="92" height="34" rx="4" fill="$p" stroke="$s" stroke-width="3"/><rect x="54" y="80" width="92" height="34" rx="4" fill="$p" stroke="$s" stroke-width="3"/><rect x="54" y="120" width="92" height="34" rx="4" fill="$p" stroke="$s" stroke-width="3"/><circle cx="100" cy="57" r="6" fill="$a"/><circle cx="100" cy="97" r="6" fill="$a"/><circle cx="100" cy="137" r="6" fill="$a"/><path d="M52 164h12v10H52zM136 164h12v10h-12z" fill="$s"/>'
    ),
    "hook": (
        '<rect x="28" y="50" width="144" height="36" rx="8" fill="$p"/><path d="M28 78h144v8H28z" fill="$s" opacity=".3"/><path d="M58 82v38c0 22 30 22 30 2M128 82v38c0 22 30 22 30 2" fill="none" stroke="$s" stroke-width="8" stroke-linecap="round"/><circle cx="88" cy="118" r="7" fill="$a"/><circle cx="158" cy="118" r="7" fill="$a"/><path d="M60 50c14-26 66-26 80 0" fill="none" stroke="$s" stroke-width="4"/>'
    ),
    "knob": (
        '<circle cx="100" cy="104" r="64" fill="$s"/><circle cx="100" cy="98" r="64" fill="$p"/><circle cx="100" cy="98" r="40" fill="$b" stroke="$s" stroke-width="3"/><circle cx="100" cy="98" r="11" fill="#dcb65c"/><path d="M94 98h12" stroke="#a88330" stroke-width="4"/><path d="M62 66c8-12 18-18 30-20" stroke="#fff" stroke-width="8" stroke-linecap="round" fill="none" opacity=".6"/>'
    ),
    "cushion": (
        '<path d="M36 44c26 10 102 10 128 0 8 0 10 6 6 14-10 26-10 66 0 92 4 8 2 14-6 14-26-10-102-10-128 0-8 0-10-6-6-14 10-26 10-66 0-92-4-8-2-14 6-14z" fill="$p" stroke="$s" stroke-width="3"/><path d="M100 126c-26-18-25-40-12-40 8 0 12 7 12 11 0-4 4-11 12-11 13 0 14 22-12 40z" fill="$a"/>'
    ),
    "quilt": (
        '<path d="M34 56h110v104H34z" fill="$p"/><path d="M34 92h110M34 126h110M70 56v104M108 56v104" stroke="#fff" stroke-width="3" stroke-dasharray="6 5" opacity=".8"/><path d="M144 56c24 0 28 10 24 24v80h-24z" fill="$s"/><path d="M34 56c0-16 8-22 22-22h112c10 0 14 12 0 22z" fill="$a"/>'
    ),
    "doormat": (
        '<path d="M28 60h144v92H28z" fill="#b58a5b"/><path d="M38 70h124v72H38z" fill="$p"/><rect x="58" y="90" width="84" height="32" rx="6" fill="#fffaf0"/><path d="M70 106h60" stroke="$s" stroke-width="6" stroke-linecap="round" stroke-dasharray="10 9"/><path d="M28 152v10M44 152v10M60 152v10M76 152v10M92 152v10M108 152v10M124 152v10M140 152v10M156 152v10M172 152v10M28 60V50M44 60V50M60 60V50M76 60V50M92 60V50M108 60V50M124 60V50M140 60V50M156 60V50M172 60V50" stroke="#8d6840" stroke-width="4"/>'
    ),
    "hotwater": (
        '<path d="M86 26h28v20H86z" fill="$s"/><rect x="80" y="20" width="40" height="14" rx="6" fill="$a"/><path d="M84 44h32c4 12 34 10 34 34v72c0 14-8 22-22 22H72c-14 0-22-8-22-22V78c0-24 30-22 34-34z" fill="$p"/><path d="M132 66c12 4 18 8 18 20v64c0 14-8 22-22 22h-16c14 0 20-8 20-22z" fill="$s" opacity=".22"/><path d="M100 136c-24-17-23-37-11-37 7 0 11 6 11 10 0-4 4-10 11-10 12 0 13 20-11 37z" fill="#fffaf0"/>'
    ),
    "towel": (
        '<path d="M24 40h152" stroke="#a9805a" stroke-width="8" stroke-linecap="round"/><path d="M50 40h100v124H50z" fill="$p"/><path d="M50 128h100v10H50zM50 144h100v6H50z" fill="$a"/><path d="M50 164v8M62 164v8M74 164v8M86 164v8M98 164v8M110 164v8M122 164v8M134 164v8M149 164v8" stroke="$s" stroke-width="4"/><path d="M122 40h28v124h-28z" fill="$s" opacity=".14"/>'
    ),
    "doorstop": (
        '<path d="M64 66c-4-34 76-34 72 0" fill="none" stroke="$s" stroke-width="9"/><path d="M56 66h88l22 96c1 6-2 9-8 9H42c-6 0-9-3-8-9z" fill="$p"/><path d="M124 66h20l22 96c1 6-2 9-8 9h-18c4 0 6-3 5-9z" fill="$s" opacity=".25"/><path d="M100 142c-26-18-25-40-12-40 8 0 12 7 12 11 0-4 4-11 12-11 13 0 14 22-12 40z" fill="#fffaf0"/>'
    ),
    "sign": (
        '<path d="M52 62l48-36 48 36" fill="none" stroke="$s" stroke-width="4"/><circle cx="100" cy="26" r="5" fill="$s"/><rect x="24" y="60" width="152" height="90" rx="10" fill="$s"/><rect x="24" y="56" width="152" height="90" rx="10" fill="$p"/><rect x="34" y="66" width="132" height="70" rx="6" fill="#fffaf0"/><path d="M52 88h96M64 103h72M78 118h44" stroke="$s" stroke-width="6" stroke-linecap="round"/>'
    ),
    "letters": (
        '<path d="M26 158l30-104h22l30 104H84l-5-20H54l-5 20zM60 116h14l-7-30z" fill="$p" fill-rule="evenodd" stroke="$s" stroke-width="3"/><path d="M116 54h34c26 0 30 38 8 46 28 8 22 58-10 58h-32zm20 20v18h10c12 0 12-18 0-18zm0 38v26h10c16 0 16-26 0-26z" fill="$a" fill-rule="evenodd" stroke="$d" stroke-width="3"/>'
    ),
    "necklace": (
        '<path d="M46 30c-6 96 22 108 54 112 32-4 60-16 54-112" fill="none" stroke="$s" stroke-width="3"/><g fill="$b" stroke="$s" stroke-width="1.500"><circle cx="47" cy="56" r="8"/><circle cx="51" cy="80" r="9"/><circle cx="60" cy="104" r="10"/><circle cx="76" cy="124" r="11"/><circle cx="124" cy="124" r="11"/><circle cx="140" cy="104" r="10"/><circle cx="149" cy="80" r="9"/><circle cx="153" cy="56" r="8"/></g><path d="M100 122l22 22-22 28-22-28z" fill="$a" stroke="$d" stroke-width="3"/><path d="M78 144h44M100 122l-8 22 8 28 8-28z" fill="none" stroke="#fff" stroke-width="2" opacity=".8"/>'
    ),
    "earrings": (
        '<path d="M66 42c-14-2-14-20 0-20 10 0 12 10 6 16v16M134 42c-14-2-14-20 0-20 10 0 12 10 6 16v16" fill="none" stroke="#a88330" stroke-width="4"/><circle cx="72" cy="66" r="12" fill="$a"/><circle cx="140" cy="66" r="12" fill="$a"/><path d="M72 78c-26 42-26 86 0 86s26-44 0-86zM140 78c-26 42-26 86 0 86s26-44 0-86z" fill="$p" stroke="$s" stroke-width="3"/><path d="M62 130c0-10 3-18 7-26M130 130c0-10 3-18 7-26" stroke="#fff" stroke-width="5" stroke-linecap="round" fill="none" opacity=".7"/>'
    ),
    "bracelet": (
        '<ellipse cx="100" cy="106" rx="64" ry="48" fill="none" stroke="$s" stroke-width="4"/><g fill="$b" stroke="$s" stroke-width="2"><circle cx="36" cy="106" r="12"/><circle cx="48" cy="78" r="12"/><circle cx="72" cy="62" r="12"/><circle cx="128" cy="62" r="12"/><circle cx="152" cy="78" r="12"/><circle cx="164" cy="106" r="12"/><circle cx="152" cy="134" r="13"/><circle cx="48" cy="134" r="13"/></g><g fill="$a" stroke="$d" stroke-width="2"><circle cx="100" cy="57" r="13"/><circle cx="74" cy="150" r="14"/><circle cx="100" cy="155" r="14"/><circle cx="126" cy="150" r="14"/></g>'
    ),
    "ring": (
        '<circle cx="100" cy="122" r="44" fill="none" stroke="#dcb65c" stroke-width="13"/><path d="M62 50l16-18h44l16 18-38 42z" fill="$b" stroke="$s" stroke-width="3"/><path d="M62 50h76M78 32l12 18 10 42 10-42 12-18M90 50l10-18 10 18" fill="none" stroke="#fff" stroke-width="2.500" opacity=".85"/>'
    ),
    "hairclip": (
        '<path d="M30 130c40-50 100-50 140 0l-10 14c-36-40-84-40-120 0z" fill="$s"/><g fill="$b"><circle cx="100" cy="56" r="19"/><circle cx="125" cy="74" r="19"/><circle cx="116" cy="103" r="19"/><circle cx="84" cy="103" r="19"/><circle cx="75" cy="74" r="19"/></g><circle cx="100" cy="82" r="15" fill="$a"/>'
    ),
    "wateringcan": (
        '<path d="M132 90l38-38 10 8-40 66z" fill="$s"/><path d="M164 44l24 18-6 8-26-18z" fill="$b"/><path d="M58 84c-40-4-40 66 0 62v-12c-22 2-22-40 0-38z" fill="$s"/><path d="M56 74h84l6 88c0 6-4 9-10 9H60c-6 0-10-3-10-9z" fill="$p"/><path d="M64 74c0-44 68-44 68 0" fill="none" stroke="$s" stroke-width="8"/><ellipse cx="98" cy="74" rx="42" ry="8" fill="$s"/>'
    ),
    "birdhouse": (
        '<rect x="94" y="140" width="12" height="36" fill="#7d5a3a"/><path d="M54 84h92v60H54z" fill="$p"/><path d="M100 26l66 56-10 12-56-46-56 46-10-12z" fill="$a"/><path d="M54 84l46-38 46 38z" fill="$b"/><circle cx="100" cy="102" r="17" fill="#4a3a2c"/><path d="M100 126v14" stroke="#7d5a3a" stroke-width="5" stroke-linecap="round"/>'
    ),
    "planter": (
        '<g fill="#6d9b65"><path d="M98 96C60 92 54 52 60 36c30 6 42 32 38 60zM102 96c38-4 44-44 38-60-30 6-42 32-38 60z"/></g><path d="M100 100c-18-30-12-64 0-76 12 12 18 46 0 76z" fill="#497345"/><path d="M52 104h96l-12 60c-1 4-4 7-9 7H73c-5 0-8-3-9-7z" fill="$p"/><rect x="44" y="92" width="112" height="20" rx="5" fill="$s"/><circle cx="72" cy="50" r="8" fill="$a"/><circle cx="130" cy="52" r="8" fill="$a"/>'
    ),
    "parasol": (
        '<rect x="97" y="40" width="6" height="132" fill="#7d5a3a"/><path d="M18 100C24 54 60 34 100 34s76 20 82 66l-20-8-20 8-21-8-21 8-21-8-21 8-20-8z" fill="$p"/><path d="M58 100c4-40 22-60 42-66 20 6 38 26 42 66M100 34v66" fill="none" stroke="$s" stroke-width="3" opacity=".6"/><circle cx="100" cy="32" r="6" fill="$a"/>'
    ),
    "chair": (
        '<path d="M66 28h68c8 0 12 4 11 12l-6 62H61l-6-62c-1-8 3-12 11-12z" fill="none" stroke="$s" stroke-width="9"/><path d="M84 34v66M100 34v66M116 34v66" stroke="$s" stroke-width="5"/><ellipse cx="100" cy="108" rx="54" ry="15" fill="$p" stroke="$s" stroke-width="3"/><path d="M56 116l-10 56M144 116l10 56M80 122l-4 46M120 122l4 46" stroke="$s" stroke-width="8" stroke-linecap="round"/>'
    ),
    "table": (
        '<ellipse cx="100" cy="74" rx="76" ry="18" fill="$s"/><ellipse cx="100" cy="69" rx="76" ry="18" fill="$p"/><path d="M94 88h12v54H94z" fill="$s"/><path d="M100 136c-30 4-44 18-50 34h12c6-12 18-20 38-22 20 2 32 10 38 22h12c-6-16-20-30-50-34z" fill="$s"/><path d="M92 64c-6-20 22-20 16 0z" fill="$a"/>'
    ),
    "doll": (
        '<path d="M100 40c40 0 48 40 44 60 18 20 14 72-44 72s-62-52-44-72c-4-20 4-60 44-60z" fill="$p"/><circle cx="100" cy="78" r="29" fill="#f7dcc4"/><path d="M71 76c2-34 56-34 58 0-12-2-20-8-29-16-9 8-17 14-29 16z" fill="#7d5a3a"/><circle cx="90" cy="82" r="3.500" fill="#33373a"/><circle cx="110" cy="82" r="3.500" fill="#33373a"/><path d="M94 93c4 4 8 4 12 0" stroke="#a8322d" stroke-width="3" fill="none" stroke-linecap="round"/><circle cx="82" cy="91" r="5" fill="#e889a4" opacity=".6"/><circle cx="118" cy="91" r="5" fill="#e889a4" opacity=".6"/><path d="M100 158c-18-13-17-28-8-28 5 0 8 5 8 8 0-3 3-8 8-8 9 0 10 15-8 28z" fill="$a"/>'
    ),
    "teddy": (
        '<circle cx="60" cy="52" r="20" fill="$s"/><circle cx="140" cy="52" r="20" fill="$s"/><circle cx="60" cy="52" r="10" fill="$l"/><circle cx="140" cy="52" r="10" fill="$l"/><ellipse cx="100" cy="150" rx="46" ry="26" fill="$b"/><circle cx="100" cy="88" r="54" fill="$p"/><ellipse cx="100" cy="106" rx="27" ry="21" fill="#fffaf0"/><circle cx="80" cy="80" r="6" fill="#33373a"/><circle cx="120" cy="80" r="6" fill="#33373a"/><path d="M91 98h18l-9 9z" fill="#33373a"/><path d="M100 107v6c-4 5-9 5-12 1M100 113c4 5 9 5 12 1" stroke="#33373a" stroke-width="3" fill="none" stroke-linecap="round"/><path d="M100 144c-22-14-34-6-32 8 14 4 26 0 32-6 6 6 18 10 32 6 2-14-10-22-32-8z" fill="$a"/>'
    ),
    "rocket": (
        '<path d="M70 112l-28 26 4 24 28-14zM130 112l28 26-4 24-28-14z" fill="$a"/><path d="M84 150h32l-6 24-10-10-10 10z" fill="#e58b4e"/><path d="M100 16c34 26 44 84 28 134H72C56 100 66 42 100 16z" fill="$p"/><path d="M100 16c13 10 22 24 27 40H73c5-16 14-30 27-40z" fill="$a"/><circle cx="100" cy="90" r="19" fill="#fffaf0"/><circle cx="100" cy="90" r="12" fill="#9cc7dd"/><g fill="#ecba4a"><circle cx="36" cy="52" r="4"/><circle cx="164" cy="44" r="5"/><circle cx="170" cy="96" r="3"/><circle cx="28" cy="104" r="3"/></g>'
    ),
    "blocks": (
        '<rect x="30" y="100" width="66" height="66" rx="7" fill="$b"/><rect x="104" y="100" width="66" height="66" rx="7" fill="$a"/><rect x="66" y="30" width="66" height="66" rx="7" fill="$p"/><g fill="none" stroke="#fffaf0" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"><path d="M52 152l11-36 11 36M56 141h14"/><path d="M128 116v34h10c14 0 14-17 0-17h-10m0-17h8c12 0 12 17 0 17"/><path d="M112 52c-12-8-28 0-28 12s16 20 28 10"/></g>'
    ),
    "jigsaw": (
        '<path d="M40 48h48c-8-22 32-22 24 0h48v48c-22-8-22 32 0 24v48h-48c8-22-32-22-24 0H40v-48c22 8 22-32 0-24z" fill="$p" stroke="$s" stroke-width="4" stroke-linejoin="round"/>'
    ),
    "moneybox": (
        '<path d="M60 150h18v22H60zM122 150h18v22h-18z" fill="$s"/><ellipse cx="100" cy="112" rx="62" ry="48" fill="$p"/><path d="M60 76l-6-24 26 12zM118 68l20-18 4 28z" fill="$s"/><ellipse cx="44" cy="116" rx="17" ry="15" fill="$b" stroke="$s" stroke-width="3"/><circle cx="40" cy="116" r="3" fill="$s"/><circle cx="49" cy="116" r="3" fill="$s"/><circle cx="66" cy="98" r="5" fill="#33373a"/><rect x="88" y="66" width="34" height="7" rx="3" fill="$s"/><circle cx="105" cy="44" r="16" fill="#dcb65c" stroke="#a88330" stroke-width="3"/>'
    ),
    "lunchbox": (
        '<path d="M76 62c0-30 48-30 48 0" fill="none" stroke="$s" stroke-width="9"/><rect x="30" y="60" width="140" height="108" rx="16" fill="$p"/><path d="M30 112h140" stroke="$s" stroke-width="5"/><rect x="54" y="102" width="18" height="22" rx="4" fill="$a"/><rect x="128" y="102" width="18" height="22" rx="4" fill="$a"/><rect x="78" y="74" width="44" height="24" rx="6" fill="#fffaf0"/>'
    ),
    "sewing": (
        '<path d="M60 46h80v14H60zM60 140h80v14H60z" fill="#a9805a"/><path d="M70 60h60v80H70z" fill="$b"/><path d="M70 72l60 10M70 86l60 10M70 100l60 10M70 114l60 10" stroke="$s" stroke-width="3" opacity=".6"/><path d="M130 124c30 10 30 26 16 44" fill="none" stroke="$s" stroke-width="3"/><path d="M150 36l-6 132" stroke="#8a959c" stroke-width="5" stroke-linecap="round"/><circle cx="48" cy="150" r="17" fill="$a"/><g fill="$d"><circle cx="43" cy="145" r="3"/><circle cx="53" cy="145" r="3"/><circle cx="43" cy="155" r="3"/><circle cx="53" cy="155" r="3"/></g>'
    ),
    "magnet": (
        '<rect x="40" y="36" width="120" height="132" rx="12" fill="#e3e7e9"/><rect x="56" y="56" width="56" height="70" fill="#fffaf0" stroke="$s" stroke-width="2"/><path d="M66 78h36M66 90h36M66 102h24" stroke="$s" stroke-width="3"/><circle cx="84" cy="56" r="13" fill="$p"/><circle cx="134" cy="80" r="15" fill="$a"/><circle cx="130" cy="134" r="17" fill="$b"/><path d="M76 156c-15-11-14-24-7-24 4 0 7 4 7 7 0-3 3-7 7-7 7 0 8 13-7 24z" fill="$d"/>'
    ),
    "ornament": (
        '<path d="M62 148h76l10 24H52z" fill="$p"/><path d="M62 148h76l2 6H60z" fill="$s" opacity=".4"/><circle cx="100" cy="94" r="60" fill="#e4f0f4"/><path d="M46 120c30-14 78-14 108 0-10 22-30 34-54 34s-44-12-54-34z" fill="#fff"/><path d="M100 46l22 32h-9l17 24h-11l16 22H65l16-22H70l17-24h-9z" fill="$b"/><path d="M94 124h12v10H94z" fill="#7d5a3a"/><g fill="#fff"><circle cx="66" cy="82" r="4"/><circle cx="138" cy="92" r="4"/><circle cx="76" cy="60" r="3"/><circle cx="128" cy="62" r="3"/></g><path d="M60 74c4-10 10-16 18-20" stroke="#fff" stroke-width="6" stroke-linecap="round" fill="none"/>'
    ),
    "angel": (
        '<path d="M90 92C52 44 18 62 28 96c8 26 40 26 62 12zM110 92c38-48 72-30 62 4-8 26-40 26-62 12z" fill="#fffdf8" stroke="$s" stroke-width="3"/><path d="M44 92c10 8 26 12 42 10M156 92c-10 8-26 12-42 10" stroke="$s" stroke-width="3" fill="none" opacity=".5"/><path d="M100 84c12 0 18 6 22 18l24 68H54l24-68c4-12 10-18 22-18z" fill="$p"/><path d="M54 170l4-12c28 8 56 8 84 0l4 12z" fill="$a"/><ellipse cx="100" cy="24" rx="22" ry="6" fill="none" stroke="#dcb65c" stroke-width="4"/><circle cx="100" cy="62" r="25" fill="#f7dcc4"/><path d="M75 62c-2-36 52-36 50 0-10-2-18-7-25-14-7 7-15 12-25 14z" fill="#a9805a"/><circle cx="92" cy="66" r="3" fill="#33373a"/><circle cx="108" cy="66" r="3" fill="#33373a"/><path d="M95 75c3 3 7 3 10 0" stroke="#a8322d" stroke-width="3" fill="none" stroke-linecap="round"/>'
    ),
    "vase": (
        '<g stroke="#497345" stroke-width="5" fill="none"><path d="M92 78C88 56 78 46 66 40M100 78V38M108 78c4-22 14-30 28-34"/></g><circle cx="64" cy="38" r="15" fill="$a"/><circle cx="101" cy="30" r="16" fill="$d"/><circle cx="138" cy="42" r="15" fill="$a"/><g fill="#fffaf0"><circle cx="64" cy="38" r="5"/><circle cx="101" cy="30" r="5"/><circle cx="138" cy="42" r="5"/></g><path d="M80 76h40c-4 22 32 34 30 62-2 22-20 33-50 33s-48-11-50-33c-2-28 34-40 30-62z" fill="$p"/><ellipse cx="100" cy="76" rx="21" ry="5" fill="$s"/>'
    ),
    "fan": (
        '<path d="M100 160L20 84C60 26 140 26 180 84z" fill="$p"/><path d="M100 160L36 68M100 160L60 50M100 160L86 42M100 160l14-118M100 160l40-110M100 160l64-92" stroke="$s" stroke-width="3" opacity=".6"/><circle cx="100" cy="160" r="9" fill="$a"/>'
    ),
    "balloon": (
        '<path d="M72 118c-34-22-34-86 4-88 36 2 34 66 4 88z" fill="$p"/><path d="M130 132c-32-20-30-80 4-82 34 2 32 62 4 82z" fill="$a"/><path d="M76 118c2 20 14 30 24 54M134 132c-6 18-24 22-34 40" stroke="$s" stroke-width="3" fill="none"/><path d="M60 62c2-8 6-12 12-14" stroke="#fff" stroke-width="6" stroke-linecap="round" opacity=".7"/>'
    ),
    "apron": (
        '<path d="M72 58C66 16 134 16 128 58" fill="none" stroke="$s" stroke-width="6"/><path d="M72 56h56v30c6 12 18 18 32 20v58c0 5-3 8-8 8H48c-5 0-8-3-8-8v-58c14-2 26-8 32-20z" fill="$p"/><path d="M70 122h60v28c0 8-4 12-12 12H82c-8 0-12-4-12-12z" fill="$a"/><path d="M72 56h56v10H72z" fill="$s" opacity=".5"/>'
    ),
    "wand": (
        '<path d="M62 168l54-92" stroke="#a9805a" stroke-width="9" stroke-linecap="round"/><path d="M126 26l12 26 28 4-20 20 4 28-24-14-26 14 6-28-20-20 28-4z" fill="$p" stroke="$s" stroke-width="3"/><g fill="$a"><circle cx="52" cy="64" r="5"/><circle cx="76" cy="36" r="4"/><circle cx="160" cy="132" r="5"/></g>'
    ),
    "radio": (
        '<path d="M130 54l26-34" stroke="#8a959c" stroke-width="4"/><rect x="28" y="54" width="144" height="104" rx="20" fill="$b"/><circle cx="74" cy="106" r="34" fill="#fffaf0"/><g fill="$s"><circle cx="74" cy="106" r="4"/><circle cx="60" cy="96" r="3"/><circle cx="88" cy="96" r="3"/><circle cx="60" cy="116" r="3"/><circle cx="88" cy="116" r="3"/><circle cx="74" cy="88" r="3"/><circle cx="74" cy="124" r="3"/></g><rect x="120" y="76" width="38" height="14" rx="4" fill="#fffaf0"/><circle cx="128" cy="122" r="10" fill="$a"/><circle cx="152" cy="122" r="10" fill="$a"/>'
    ),
    "soap": (
        '<path d="M26 132h148l-14 34H40z" fill="$a"/><rect x="44" y="78" width="112" height="58" rx="22" fill="$p"/><path d="M66 102h68" stroke="$s" stroke-width="5" stroke-linecap="round" opacity=".5"/><g fill="#fff" stroke="$s" stroke-width="2" opacity=".9"><circle cx="70" cy="56" r="14"/><circle cx="100" cy="40" r="10"/><circle cx="128" cy="56" r="12"/></g>'
    ),
    "incense": (
        '<path d="M100 124V52" stroke="#7d5a3a" stroke-width="5"/><path d="M120 124l14-66" stroke="#7d5a3a" stroke-width="5"/><path d="M80 124L66 58" stroke="#7d5a3a" stroke-width="5"/><path d="M100 48c-10-10 10-14 0-28M136 54c-8-10 10-14 2-26M64 54c-8-10 10-14 0-26" stroke="$s" stroke-width="4" fill="none" stroke-linecap="round" opacity=".4"/><path d="M58 116h84l-10 48c-1 4-4 7-9 7H77c-5 0-8-3-9-7z" fill="$p"/><ellipse cx="100" cy="116" rx="42" ry="8" fill="$s"/>'
    ),
    "coaster": (
        '<rect x="34" y="62" width="92" height="92" rx="10" transform="rotate(-8 80 108)" fill="$s"/><rect x="66" y="46" width="96" height="96" rx="10" transform="rotate(7 114 94)" fill="$p" stroke="#fffaf0" stroke-width="5"/><circle cx="114" cy="94" r="22" fill="#fffaf0"/><path d="M114 108c-15-11-14-24-7-24 4 0 7 4 7 7 0-3 3-7 7-7 7 0 8 13-7 24z" fill="$a"/>'
    ),
    "passport": (
        '<rect x="54" y="30" width="100" height="140" rx="10" fill="$s"/><rect x="48" y="28" width="100" height="140" rx="10" fill="$p"/><circle cx="98" cy="84" r="26" fill="#fffaf0"/><path d="M82 98l38-32M86 74l20 8M112 92l-8-14" stroke="$a" stroke-width="6" stroke-linecap="round"/><path d="M72 128h52M80 142h36" stroke="#fffaf0" stroke-width="6" stroke-linecap="round"/>'
    ),
    "case": (
        '<path d="M74 62V46c0-10 52-10 52 0v16" fill="none" stroke="$s" stroke-width="9"/><rect x="26" y="62" width="148" height="106" rx="14" fill="$p"/><path d="M52 62h14v106H52zM134 62h14v106h-14z" fill="$s" opacity=".65"/><path d="M26 100h148" stroke="$s" stroke-width="3" opacity=".5"/><circle cx="100" cy="100" r="9" fill="#dcb65c"/>'
    ),
    "glove": (
        '<path d="M66 172V98c-16-20-18-36-8-40 12-4 18 14 22 24 0-44 6-58 30-58 26 0 32 18 32 58v90z" fill="$p"/><rect x="58" y="146" width="92" height="26" rx="10" fill="$a"/><path d="M118 32c18 6 24 22 24 50v64h-18z" fill="$s" opacity=".2"/>'
    ),
    "bicycle": (
        '<g fill="none" stroke-linecap="round" stroke-linejoin="round"><circle cx="54" cy="128" r="36" stroke="$s" stroke-width="7"/><circle cx="146" cy="128" r="36" stroke="$s" stroke-width="7"/><path d="M54 128l32-58h46l14 58M86 70l18 58H54M104 128l28-58M132 70l-4-18h18" stroke="$b" stroke-width="8"/><path d="M74 60h24" stroke="$d" stroke-width="10"/></g><circle cx="104" cy="128" r="9" fill="$a"/>'
    ),
    "playingcards": (
        '<rect x="40" y="44" width="76" height="112" rx="9" transform="rotate(-12 78 100)" fill="$p" stroke="#fffaf0" stroke-width="5"/><rect x="84" y="42" width="78" height="114" rx="9" transform="rotate(9 123 99)" fill="#fffdf8" stroke="$l" stroke-width="3"/><path d="M122 124c-26-18-25-40-12-40 8 0 12 7 12 11 0-4 4-11 12-11 13 0 14 22-12 40z" fill="#d6483f"/>'
    ),
}

# The first rule that matches wins; narrow nouns stand before wide ones.
RULES: tuple[tuple[str, str], ...] = (
    ("bicycle", r"bicycle|puncture"),
    ("hotwater", r"hot water bottle|hand warmer|h ?w ?b"),
    ("cakestand", r"cake ?stand|cakestand|tier"),
    (
        "tealight",
        r"t ?-?lights?( holder)?|tea ?lights?|votive|candle ?holder|jar candle",
    ),
    ("candle", r"candles?\w*|wick"),
    ("bunting", r"bunting|pennant|flags?"),
    ("stocking", r"stocking|socks?"),
    ("bauble", r"baubles?"),
    (
        "lights",
        r"(?:fairy |dolly |owl |cherry |string of |light )?(?:lights|light chain|led)",
    ),
    ("lantern", r"lanterns?"),
    ("lamp", r"lamp\w*|night ?light|light|torch|lampshade|chandelier"),
    ("playingcards", r"playing cards|card game|snap"),
    ("passport", r"passport"),
    ("lunchbox", r"lunch ?box|snack box\w*"),
    ("moneybox", r"money ?b\w+|piggy|bank"),
    ("teapot", r"tea ?pots?|tea cos\w+|watering tea"),
    ("teacup", r"tea ?cups?|saucer|tea set|coffee set|cup and"),
    ("mug", r"mugs?|beakers?|cups?|coffee|egg cosy"),
    ("towel", r"towels?|tea ?towels?|flannel"),
    ("apron", r"aprons?"),
    ("glove", r"gloves?|mitts?"),
    ("jigsaw", r"jigsaw|puzzle"),
    ("blocks", r"blocks?|alphabet|games?|skittles|naughts|dominoes|ludo|bingo|toys?"),
    ("letters", r"letters?|number|word|monogram"),
    ("birdhouse", r"bird ?house|bird ?table|feeder|nest\w* box|birdcage"),
    ("wateringcan", r"watering"),
    ("doorstop", r"door ?stop"),
    ("doormat", r"door ?mat|mat"),
    ("parasol", r"parasol"),
    ("umbrella", r"umbrella|poncho"),
    ("purse", r"purses?|wallet|cosmetic\w*|make ?up|washbag|wash ?bag"),
    ("case", r"suitcase|trunk|case|luggage|travel"),
    ("cake", r"cake cases|cup ?cakes?|fairy cakes?|muffin|petit four|baking|mould"),
    ("tin", r"tins?|canister|storage tin|cakes? tins?"),
    ("gift", r"gift ?box|parcel|present|cracker"),
    ("wrap", r"wrap\w*|tissues?|paper chain|gift tape|crepe"),
    ("bag", r"bags?|shopper|tote|handbag|backpack|rucksack|satchel"),
    ("ribbon", r"ribbons?|reel|tape|string|twine"),
    ("earrings", r"earrings?"),
    ("bracelet", r"bracelet|bangle|charms?|anklet"),
    ("necklace", r"necklaces?|pendant|beads?|lariat|choker"),
    ("hairclip", r"hair\w*|slide|tiara|headband|bobble"),
    ("ring", r"rings?|brooch|jewel\w*|diamante"),
    ("clock", r"clocks?|watch|timer|thermometer|scales"),
    ("mirror", r"mirrors?|mirrored"),
    ("frame", r"frames?|photo\w*|picture|album|gallery|canvas|print"),
    ("magnet", r"magnets?"),
    (
        "sign",
        r"signs?|doorsign|plaque|chalk ?board|blackboard|memo ?board|slate|wall art",
    ),
    ("knob", r"knobs?|drawer ?knob|door ?knob"),
    ("hook", r"hooks?|hangers?|rack|pegs?"),
    ("drawers", r"drawers?|cabinet|chest|unit|shelf|cupboard|dresser|organi[sz]er"),
    ("chair", r"chairs?|stools?|seat|bench"),
    ("table", r"(?:side |coffee |occasional |folding )?tables?(?! cloth)"),
    ("hen", r"hens?|chick\w*|cockerel|duck\w*|goose"),
    ("rabbit", r"rabbits?|bunn\w+|mouse|mice"),
    ("egg", r"eggs?"),
    ("owl", r"owls?"),
    ("bird", r"birds?|robin|dove|swallow|lovebird|wren|finch|canary|flying"),
    ("butterfly", r"butterfl\w+|dragonfly|moth|bee"),
    (
        "teddy",
        r"teddy|bear|soft toy|monkey|dog\w*|cat|elephant|scottie|poodle|horse|pony|lamb",
    ),
    ("doll", r"dolls?|dolly|babushka|girl|fairy|puppet|russian|suki"),
    ("rocket", r"rocket|space\w*|robot|helicopter|glider|plane"),
    ("wreath", r"wreath"),
    ("garland", r"garlands?|strand|curtain|mobile|honeycomb|chain"),
    ("angel", r"angels?|cherubs?|fairies|nativity"),
    ("tree", r"trees?|reindeer|santa|snow\w*"),
    ("star", r"stars?|snowflake|starfish"),
    ("cushion", r"cushions?|pillow|pad"),
    ("quilt", r"quilt\w*|throw|blanket|rug|bedspread|cloth|runner|hammock"),
    ("pencils", r"pencils?|pens?|crayons?|chalks?|paint|brush"),
    (
        "notebook",
        r"note ?book|journal|sketchbook|book|diary|notepad|jotter|calendar|planner",
    ),
    ("envelope", r"envelopes?|invites?|postcard|stationery|writing|stickers?|postage"),
    ("card", r"cards?|tags?"),
    ("gift", r"gift|voucher"),
    ("cutlery", r"cutlery|spoons?|forks?|kni\w+|utensil|spatula|chopsticks|servers?"),
    ("basket", r"baskets?|hamper|picnic|trug|wicker"),
    ("jar", r"jars?|jam|pots?(?=.*(?:jam|pantry))|container|apothecary"),
    ("tray", r"trays?"),
    ("coaster", r"coasters?|placemats?|tiles?|napkins?|doil\w+|serviettes?"),
    ("plate", r"plates?|platter|dish(?:es)?|saucers?|pan|ashtray"),
    ("jug", r"jugs?|pitcher|carafe|churn"),
    ("bottle", r"bottles?|flask|decanter|perfume|bath salts"),
    ("glass", r"glass(?:es)?|goblet|tumbler|flute|wine|cocktail"),
    ("bowl", r"bowls?|colander|basin|fruit"),
    ("incense", r"incense|joss|diffuser|cones"),
    ("soap", r"soap|bath\w*|shower|sponge"),
    ("vase", r"vases?|urn"),
    (
        "planter",
        r"planters?|plants?|herb\w*|flower ?pots?|pots?|bucket|grow|trellis|cactus",
    ),
    ("box", r"box\w*|storage|crate|bin"),
    ("balloon", r"balloons?|confetti"),
    ("fan", r"fan"),
    ("radio", r"radio|phone|calculator|ipod"),
    ("sewing", r"sewing|knit\w*|craft|button|fabric|scissors?|kit|patches|felt\w*"),
    (
        "flower",
        r"flowers?|roses?|dais\w+|tulips?|lil(?:y|ies)|peony|blossom|bouquet|posy|floral",
    ),
    ("heart", r"hearts?|love|sweetheart|loveheart"),
    ("ornament", r"statue|figure\w*|gnome|ornament|paperweight"),
)
PATTERNS = tuple((name, re.compile(rf"\b(?:{words})\b")) for name, words in RULES)


def motif_of(title: str, fallback: str) -> str:
    """Which thing a title names, else the motif of its category."""
    text = title.lower()
    for name, pattern in PATTERNS:
        if pattern.search(text):
            return name
    return fallback if fallback in MOTIFS else "box"
