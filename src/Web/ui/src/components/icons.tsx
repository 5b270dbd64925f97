import type { ReactNode } from 'react';

type IconProps = { size?: number };

/** The dashboard's own small icon set: 24 × 24 strokes in the text's colour, silent for screen readers. */
const icon = (paths: ReactNode) =>
  function Icon({ size = 18 }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };

export const IconOverview = icon(<path d="M3 13h4l3-8 4 14 3-6h4" />);
export const IconOperations = icon(<path d="M4 5h16v6H4zM4 13h16v6H4zM7.5 8v.01M7.5 16v.01M11 8h5M11 16h5" />);
export const IconCampaign = icon(<path d="M6 5a2 2 0 1 0 0 .01M18 12a2 2 0 1 0 0 .01M6 19a2 2 0 1 0 0 .01M6 7v10M6 12h10" />);
export const IconSegment = icon(<path d="M12 3a9 9 0 1 0 9 9h-9zM15.5 3.7a9 9 0 0 1 4.8 4.8h-4.8z" />);
export const IconList = icon(<path d="M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01" />);
export const IconPerson = icon(<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0" />);
export const IconGroup = icon(<path d="M4 20V5h9v15M13 9h7v11M3 20h18M7.5 9v.01M7.5 13v.01M9.5 20v-3M16.5 13v.01M16.5 16.5v.01" />);
export const IconMail = icon(<path d="M4 6h16v12H4zM4 7l8 6 8-6" />);
export const IconSend = icon(<path d="M20 4 3.5 10.5l6.5 3 3 6.5zM20 4l-10 9.5" />);
export const IconDeadLetter = icon(<path d="M4 7h16v11H4zM9.5 10.5l5 4.5M14.5 10.5l-5 4.5" />);
export const IconRejected = icon(<path d="M12 3 21 19.5H3zM12 10v4M12 17v.01" />);
export const IconDefinitions = icon(<path d="M7 3h7l5 5v13H7zM14 3v5h5M10 13h6M10 17h4" />);
export const IconTemplate = icon(<path d="M4 4h16v16H4zM4 9h16M9 9v11" />);
export const IconSearch = icon(<path d="M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.6-4.6" />);
export const IconSun = icon(<path d="M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M4.5 12H3M21 12h-1.5M6 6l1 1M17 17l1 1M18 6l-1 1M7 17l-1 1" />);
export const IconMoon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />);
export const IconAuto = icon(<path d="M3 5h18v11H3zM9 20h6M12 16v4" />);
export const IconPause = icon(<path d="M8.5 5v14M15.5 5v14" />);
export const IconPlay = icon(<path d="M7 5v14l12-7z" />);
export const IconChevron = icon(<path d="m9 6 6 6-6 6" />);
export const IconBack = icon(<path d="m15 6-6 6 6 6" />);
export const IconExpand = icon(<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />);
export const IconShrink = icon(<path d="M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5" />);
export const IconReload = icon(<path d="M20 11a8 8 0 1 0-1.5 5.5M20 5v6h-6" />);
export const IconCheck = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const IconCopy = icon(<path d="M9 9h11v11H9zM5 15H4V4h11v1" />);
export const IconCross = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const IconClock = icon(<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2" />);
export const IconHourglass = icon(<path d="M6 3h12M6 21h12M7 3c0 5 5 6 5 9s-5 4-5 9M17 3c0 5-5 6-5 9s5 4 5 9" />);
export const IconBranch = icon(<path d="M7 4v16M7 9c0 4 10 2 10 7v4M14 17l3 3 3-3M4 17l3 3 3-3" />);
export const IconExit = icon(<path d="M14 4H5v16h9M10 12h11M17.5 8.5 21 12l-3.5 3.5" />);
export const IconBolt = icon(<path d="M13 3 5 13.5h6L10.5 21 19 10h-6.5z" />);
export const IconMerge = icon(<path d="M6 4c0 6 6 5 6 10v6M18 4c0 6-6 5-6 10M9 17l3 3 3-3" />);
export const IconFlag = icon(<path d="M5 21V4h12l-2 4.5 2 4.5H5" />);
export const IconQuestion = icon(<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5v.01" />);
export const IconHand = icon(<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.7 5.7l12.6 12.6" />);
